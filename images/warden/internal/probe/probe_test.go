package probe_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/warden/internal/probe"
)

// patience is how long the probes here may take.
const patience = 300 * time.Millisecond

func portOf(address net.Addr) int { return address.(*net.TCPAddr).Port }

func serve(t *testing.T, handle http.HandlerFunc) int {
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	return portOf(server.Listener.Addr())
}

func run(p probe.Probe) error { return p.Run(context.Background(), nil, patience) }

func TestHTTP(t *testing.T) {
	var agents []string
	port := serve(t, func(w http.ResponseWriter, r *http.Request) {
		agents = append(agents, r.UserAgent())
		switch r.URL.String() {
		case "/well?deep=1":
			fmt.Fprint(w, `{"status":"ok"}`)
		case "/ill":
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprint(w, " \xff"+strings.Repeat("é", 400))
		case "/empty":
			w.WriteHeader(http.StatusNotFound)
		case "/away":
			http.Redirect(w, r, "/well?deep=1", http.StatusFound)
		case "/long":
			fmt.Fprint(w, strings.Repeat("x", 64<<10), "ok")
		}
	})
	for _, c := range []struct{ path, body, want string }{
		{path: "/well?deep=1"},
		{path: "/well?deep=1", body: "ok"},
		{path: "/well?deep=1", body: "OK", want: `GET /well?deep=1: body has no "OK": {"status":"ok"}`},
		{path: "/ill", want: "GET /ill: status 503, not 200: \uFFFD" + strings.Repeat("é", 299)},
		{path: "/empty", want: "GET /empty: status 404, not 200"},
		{path: "/long", body: "ok", want: `GET /long: body has no "ok": ` + strings.Repeat("x", 300)},
	} {
		err := run(probe.Probe{HTTP: &probe.HTTP{Path: c.path, Port: port, Status: 200, Body: c.body}})
		if c.want == "" {
			assert.NoError(t, err)
			continue
		}
		assert.EqualError(t, err, c.want)
	}
	assert.NoError(t, run(probe.Probe{HTTP: &probe.HTTP{Path: "/ill", Port: port, Status: 503}}), "whatever status is wanted")
	before := len(agents)
	err := run(probe.Probe{HTTP: &probe.HTTP{Path: "/away", Port: port, Status: 200}})
	require.ErrorContains(t, err, "GET /away: status 302, not 200: <a href=")
	assert.Equal(t, []string{"warden"}, agents[before:], "the redirect is not followed")
}

func TestWhoClosesWithoutAnAnswerIsUnwell(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	go func() {
		client, err := listener.Accept()
		if err == nil {
			_, _ = client.Read(make([]byte, 1024))
			_ = client.Close()
		}
	}()
	assert.EqualError(t, run(probe.Probe{HTTP: &probe.HTTP{Path: "/", Port: portOf(listener.Addr()), Status: 200}}), "GET /: EOF")
}

func TestTheTimeoutBoundsTheWholeAnswer(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // the kernel accepts, and nobody ever answers
	require.NoError(t, err)
	defer silent.Close()
	stuck := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/ill" {
			w.WriteHeader(http.StatusInternalServerError)
		}
		fmt.Fprint(w, "half")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	for _, c := range []struct {
		http probe.HTTP
		want string
	}{
		{probe.HTTP{Path: "/health", Port: portOf(silent.Addr()), Status: 200}, "GET /health: no answer in 300ms"},
		{probe.HTTP{Path: "/health", Port: stuck, Status: 200, Body: "whole"}, "GET /health: no answer in 300ms"},
		{probe.HTTP{Path: "/ill", Port: stuck, Status: 200}, "GET /ill: status 500, not 200: half"},
	} {
		began := time.Now()
		assert.EqualError(t, run(probe.Probe{HTTP: &c.http}), c.want)
		assert.GreaterOrEqual(t, time.Since(began), patience)
		assert.Less(t, time.Since(began), 2*patience)
	}
	assert.NoError(t, run(probe.Probe{TCP: &probe.TCP{Port: portOf(silent.Addr())}}), "a connection is all that a TCP probe sees")
}

func TestNobodyListens(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := portOf(listener.Addr())
	require.NoError(t, listener.Close())
	assert.EqualError(t, run(probe.Probe{TCP: &probe.TCP{Port: port}}), fmt.Sprintf("port %d: connection refused", port))
	assert.EqualError(t, run(probe.Probe{HTTP: &probe.HTTP{Path: "/health", Port: port, Status: 200}}), fmt.Sprintf("GET /health: port %d: connection refused", port))
}

func TestACommand(t *testing.T) {
	command := func(script string) probe.Probe { return probe.Probe{Command: []string{"sh", "-c", script}} }
	assert.NoError(t, command(`test "$A" = 1`).Run(context.Background(), []string{"A=1"}, patience))
	assert.EqualError(t, run(command("echo why >&2; exit 3")), "sh: exit status 3: why")
	assert.EqualError(t, run(command("sleep 5")), "sh: no answer in 300ms")
}

func TestMovedIsOnlyWhatWasThere(t *testing.T) {
	original := probe.Probe{HTTP: &probe.HTTP{Path: "/health", Port: 5005, Status: 200}}
	assert.Equal(t, 40000, original.Moved(5005, 40000).HTTP.Port)
	assert.Equal(t, 5005, original.HTTP.Port, "the original stays")
	assert.Equal(t, 5005, original.Moved(8080, 40000).HTTP.Port)
	assert.Equal(t, 40000, probe.Probe{TCP: &probe.TCP{Port: 5005}}.Moved(5005, 40000).TCP.Port)
	assert.Equal(t, 5432, probe.Probe{TCP: &probe.TCP{Port: 5432}}.Moved(5005, 40000).TCP.Port)
	assert.Equal(t, probe.Probe{Command: []string{"true"}}, probe.Probe{Command: []string{"true"}}.Moved(5005, 40000))
}

func TestWhoAsksForPatience(t *testing.T) {
	port := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", r.URL.Query().Get("after"))
		status := http.StatusServiceUnavailable
		if r.URL.Path == "/other" {
			status = http.StatusBadGateway
		}
		w.WriteHeader(status)
	})
	for path, want := range map[string]time.Duration{
		"/?after=90": 90 * time.Second, "/": 0, "/?after=0": 0, "/?after=-1": 0, "/?after=Wed": 0, "/other?after=90": 0,
	} {
		err := run(probe.Probe{HTTP: &probe.HTTP{Path: path, Port: port, Status: http.StatusOK}})
		require.Error(t, err, path)
		assert.Equal(t, want, probe.Patience(err), path)
	}
	for code, want := range map[string]time.Duration{"75": time.Hour, "1": 0} {
		err := run(probe.Probe{Command: []string{"sh", "-c", "echo no database; exit " + code}})
		assert.EqualError(t, err, "sh: exit status "+code+": no database")
		assert.Equal(t, want, probe.Patience(err))
	}
	assert.Zero(t, probe.Patience(nil))
}
