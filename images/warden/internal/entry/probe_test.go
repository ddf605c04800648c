package entry_test

import (
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// at is when an event's line was written, by the warden's own clock: when this test reads it says nothing.
func at(t testing.TB, line map[string]any) time.Time {
	when, err := time.Parse(time.RFC3339Nano, line["time"].(string))
	require.NoError(t, err)
	return when
}

// TestAFrozenChildIsUnhealthyInTime has the defaults' bound in small: three intervals and three timeouts, which are 45 s
// with 10 s, 5 s and three retries, and 6 s here; two intervals and three timeouts at least.
func TestAFrozenChildIsUnhealthyInTime(t *testing.T) {
	slow(t, "18 s")
	t.Parallel()
	run := func(probe string) *warden {
		return start(t, nil, []string{"PORT=" + freePort(t), "WARDEN_PROBE=" + probe, "WARDEN_PROBE_INTERVAL=1", "WARDEN_PROBE_TIMEOUT=1"},
			self(t), "test-child", "http", "200")
	}
	w, blind := run(`{"http": {"path": "/health"}}`), run(`{"tcp": {}}`)
	for _, w := range []*warden{w, blind} {
		w.await("healthy", 1, 5*time.Second)
		require.NoError(t, syscall.Kill(w.childPid(), syscall.SIGSTOP))
	}
	frozen := time.Now()
	w.await("unhealthy", 1, 10*time.Second)
	line := w.out.events("unhealthy")[0]
	took := at(t, line).Sub(frozen)
	t.Logf("unhealthy after %s", took)
	assert.Greater(t, took, 4900*time.Millisecond)
	assert.Less(t, took, 6300*time.Millisecond)
	assert.Equal(t, "GET /health: no answer in 1s", line["error"])
	w.await("ended", 1, 11*time.Second)
	assert.Equal(t, float64(137), w.out.events("ended")[0]["code"], "a stopped process does not see its SIGTERM")
	w.await("started", 2, 2*time.Second)
	w.await("healthy", 2, 5*time.Second)
	assert.Empty(t, blind.out.events("unhealthy"), "the kernel still accepts connections for it: a TCP probe does not see it")
}

// TestAProbeGoesToTheChildAndNotThroughTheFront has a front that answers the very path with 200 itself, as it does until
// the child is healthy, and a child that answers it with 503.
func TestAProbeGoesToTheChildAndNotThroughTheFront(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	for _, asked := range []string{`{"path": "/health"}`, `{"path": "/health", "port": ` + port + `}`} {
		w := start(t, table(t), leased("3000", "PORT="+port, "WARDEN_HEALTH_PATH=/health", "ECS_CONTAINER_METADATA_FILE="+metadataFile(t, port),
			`WARDEN_PROBE={"http": `+asked+`}`, "WARDEN_PROBE_INTERVAL=1", "WARDEN_PROBE_RETRIES=1", "WARDEN_PROBE_START=1"), self(t), "test-child", "http", "503")
		w.await("unhealthy", 1, 8*time.Second)
		assert.Regexp(t, `^GET /health: status 503, not 200: \d+$`, w.out.events("unhealthy")[0]["error"], "the child answers with its token")
		assert.Empty(t, w.out.events("healthy"))
		w.code(5 * time.Second)
	}
}

// TestAWaitingOneIsNotProbedAndAHolderByTCP has two wardens of one service, of which one holds the lease.
func TestAWaitingOneIsNotProbedAndAHolderByTCP(t *testing.T) {
	slow(t, "6 s")
	t.Parallel()
	server := table(t)
	run := func() *warden {
		port := freePort(t)
		return start(t, server, leased("3000", "PORT="+port, "ECS_CONTAINER_METADATA_FILE="+metadataFile(t, port), `WARDEN_PROBE={"tcp": {}}`),
			self(t), "test-child", "http", "200")
	}
	a := run()
	a.await("healthy", 1, 5*time.Second)
	b := run()
	b.await("waiting", 2, 5*time.Second)
	time.Sleep(time.Second)
	assert.Empty(t, b.out.events("healthy"), "its front's port accepts connections, and passes them on to the holder")
	a.signal(syscall.SIGTERM)
	a.code(10 * time.Second)
	b.await("healthy", 1, 5*time.Second)
	b.signal(syscall.SIGTERM)
	b.code(10 * time.Second)
}

// TestAPortOfItsOwnIsAskedWhereItIs has a child that never listens, beside something else that does.
func TestAPortOfItsOwnIsAskedWhereItIs(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	_, other, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	port := freePort(t)
	w := start(t, table(t), leased("3000", "PORT="+port, "ECS_CONTAINER_METADATA_FILE="+metadataFile(t, port), `WARDEN_PROBE={"tcp": {"port": `+other+`}}`), "sleep", "1000")
	w.await("healthy", 1, 5*time.Second)
	w.signal(syscall.SIGTERM)
	w.code(10 * time.Second)
}
