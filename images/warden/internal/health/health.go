// Package health lets the container's health check ask the running warden over a unix socket.
package health

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

// askFor is how long a warden may take to answer: less than a container health check's usual five seconds.
const askFor = 3 * time.Second

// State is what the warden says of itself.
type State struct {
	Healthy bool
	Why     string // one line
}

// Server answers health checks.
type Server struct {
	state    atomic.Pointer[State]
	listener net.Listener
}

// Listen opens the socket, in place of one that an earlier warden left behind.
func Listen(socket string) (*Server, error) {
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("cannot replace the socket of the health check: %w; right would be a WARDEN_SOCKET in a folder that can be written to", err)
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return nil, fmt.Errorf("cannot open the socket of the health check: %w; right would be a WARDEN_SOCKET in a folder that can be written to", err)
	}
	s := &Server{listener: listener}
	s.Set(State{Healthy: true, Why: "starting"})
	server := &http.Server{
		Handler: http.HandlerFunc(s.answer), ReadHeaderTimeout: askFor,
		ErrorLog: log.New(io.Discard, "", 0), // its lines are no JSON, and a check that fails is seen by who asked
	}
	go func() { _ = server.Serve(listener) }() // ends with the listener
	return s, nil
}

// Set changes what is answered.
func (s *Server) Set(state State) { s.state.Store(&state) }

// Close removes the socket.
func (s *Server) Close() { _ = s.listener.Close() }

func (s *Server) answer(w http.ResponseWriter, _ *http.Request) {
	state := s.state.Load()
	if !state.Healthy {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_, _ = io.WriteString(w, state.Why+"\n") // one that does not read its answer does not get it
}

// Ask is the health check: what the warden behind the socket says.
func Ask(ctx context.Context, socket string) State {
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	client := http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		},
	}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://warden/", nil)
	if err != nil {
		return State{Why: "cannot ask the warden: " + err.Error()}
	}
	response, err := client.Do(request)
	if err != nil {
		return State{Why: "no warden answers: " + err.Error()}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 4096))
	if err != nil {
		return State{Why: "the warden stopped answering: " + err.Error()}
	}
	return State{Healthy: response.StatusCode == http.StatusOK, Why: strings.TrimSpace(string(text))}
}
