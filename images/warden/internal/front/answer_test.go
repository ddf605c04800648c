package front_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/warden/internal/front"
)

func TestAHealthCheckIsAnsweredWhileTheServiceCannot(t *testing.T) {
	f := open(t)
	for _, code := range []int{http.StatusOK, http.StatusServiceUnavailable} {
		f.SetAnswer(&front.Answer{Path: "/health", Code: code})
		response, err := http.Get("http://" + f.Address() + "/health")
		require.NoError(t, err)
		text, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		assert.Equal(t, code, response.StatusCode)
		assert.Equal(t, http.StatusText(code), string(text))
	}
	assert.Eventually(t, func() bool { return f.Open() == 0 }, time.Second, 5*time.Millisecond)
}

func TestAllElseIsPassedOnWhole(t *testing.T) {
	f := open(t)
	f.SetAnswer(&front.Answer{Path: "/health", Code: http.StatusOK})
	f.SetTarget(front.Target{Address: echo(t)})
	long := strings.Repeat("x", 5000)
	for _, request := range []string{
		"GET /healthy HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nX: GET /health \r\n\r\n", "POST /health HTTP/1.1\r\n\r\n", "", "\n", "no line", long,
	} {
		assert.Equal(t, request, exchanged(t, f, request))
	}
	f.SetAnswer(nil)
	assert.Equal(t, "GET /health HTTP/1.1\r\n\r\n", exchanged(t, f, "GET /health HTTP/1.1\r\n\r\n"), "the service answers itself")
}

// exchanged sends a text, ends its half and returns what comes back.
func exchanged(t *testing.T, f *front.Front, text string) string {
	conn := dial(t, f)
	_, err := io.WriteString(conn, text)
	require.NoError(t, err)
	require.NoError(t, conn.CloseWrite())
	answer, err := io.ReadAll(conn)
	require.NoError(t, err)
	return string(answer)
}

func TestAClientThatSaysNothingAtFirstGetsThrough(t *testing.T) {
	f := open(t)
	f.SetAnswer(&front.Answer{Path: "/health", Code: http.StatusOK})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	go func() { // as the servers of some protocols, it speaks first
		conn, err := listener.Accept()
		if err == nil {
			_, _ = io.WriteString(conn, "220 ready\r\n")
			_ = conn.Close()
		}
	}()
	f.SetTarget(front.Target{Address: listener.Addr().String()})
	greeting, err := io.ReadAll(dial(t, f))
	require.NoError(t, err)
	assert.Equal(t, "220 ready\r\n", string(greeting))
}
