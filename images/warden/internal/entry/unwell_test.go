package entry_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// unwell is a health page that is well, or lacks something for which it asks that many seconds of patience.
func unwell(t *testing.T) (port string, lacks *atomic.Int32) {
	lacks = &atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if seconds := lacks.Load(); seconds > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(seconds)))
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprint(w, "no database")
		}
	}))
	t.Cleanup(server.Close)
	return server.URL[strings.LastIndex(server.URL, ":")+1:], lacks
}

func startUnwell(t *testing.T, port string) *warden {
	return start(t, nil, []string{"PORT=" + freePort(t), "WARDEN_PROBE_INTERVAL=1", "WARDEN_PROBE_RETRIES=2", "WARDEN_PROBE_START=1",
		`WARDEN_PROBE={"http": {"path": "/", "port": ` + port + `}}`}, "sleep", "60")
}

// TestAServiceThatAsksForPatienceIsNotRestarted holds that an outage elsewhere uses up no starts, but is told.
func TestAServiceThatAsksForPatienceIsNotRestarted(t *testing.T) {
	t.Parallel()
	port, lacks := unwell(t)
	w := startUnwell(t, port)
	w.await("healthy", 1, 5*time.Second)
	lacks.Store(60)
	w.await("unwell", 1, 5*time.Second)
	assert.Equal(t, "GET /: status 503, not 200: no database", w.out.events("unwell")[0]["error"])
	beats := len(w.out.events("heartbeat"))
	code, why := w.healthy()
	assert.Equal(t, []any{0, "the service runs and asks for patience: GET /: status 503, not 200: no database"}, []any{code, strings.TrimSpace(why)})
	time.Sleep(3 * time.Second)
	assert.Len(t, w.out.events("unwell"), 1, "once in 30 s")
	assert.Len(t, w.out.events("heartbeat"), beats, "it does not work, so it says nothing")
	lacks.Store(0)
	w.await("healthy", 2, 5*time.Second)
	assert.Len(t, w.out.events("started"), 1)
	assert.Empty(t, w.out.events("unhealthy"))
}

func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	port, lacks := unwell(t)
	w := startUnwell(t, port)
	w.await("healthy", 1, 5*time.Second)
	lacks.Store(3)
	w.await("unhealthy", 1, 10*time.Second)
	took := at(t, w.out.events("unhealthy")[0]).Sub(at(t, w.out.events("unwell")[0]))
	assert.InDelta(t, 2, took.Seconds(), 1.1, "3 s after the first failure, which was a second before the line")
}

// TestANewRevisionGetsNoPatience holds that a deployment sees what has never worked.
func TestANewRevisionGetsNoPatience(t *testing.T) {
	t.Parallel()
	port, lacks := unwell(t)
	lacks.Store(60)
	w := startUnwell(t, port)
	w.await("unhealthy", 1, 8*time.Second)
	assert.Empty(t, w.out.events("unwell"))
	require.NotZero(t, w.code(12*time.Second))
}

// TestAServiceIsNotHealthyBeforeItHasWorked holds what ECS's deployments go by; a singleton's go by its lease.
func TestAServiceIsNotHealthyBeforeItHasWorked(t *testing.T) {
	t.Parallel()
	port, lacks := unwell(t)
	lacks.Store(60)
	environ := []string{"PORT=" + freePort(t), "WARDEN_PROBE_START=60", `WARDEN_PROBE={"http": {"path": "/", "port": ` + port + `}}`}
	w := start(t, nil, environ, "sleep", "60")
	w.await("started", 1, 5*time.Second)
	code, why := w.healthy()
	assert.Equal(t, []any{1, "the service has yet to work for the first time"}, []any{code, strings.TrimSpace(why)})
	lacks.Store(0)
	w.await("healthy", 1, 5*time.Second)
	code, _ = w.healthy()
	assert.Zero(t, code)
}
