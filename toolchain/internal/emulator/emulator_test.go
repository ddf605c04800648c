package emulator

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/run"
)

// TestHelperServes is no test: it is the emulator that the others start.
func TestHelperServes(t *testing.T) {
	if os.Getenv("EMULATOR_HELPER") == "" {
		t.Skip("only as a child of another test")
	}
	state := os.Getenv("STATE_DIR")
	require.NoError(t, os.MkdirAll(state, 0o755))
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/_ministack/health" {
			http.NotFound(w, r)
		}
	})
	_ = http.ListenAndServe("127.0.0.1:"+os.Getenv("GATEWAY_PORT"), handler)
}

// emulator is one whose interpreter runs TestHelperServes; body comes before that.
func emulator(t *testing.T, body string) Emulator {
	dir := t.TempDir()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := listener.Addr().(*net.TCPAddr).Port
	require.NoError(t, listener.Close())
	python := filepath.Join(dir, "python")
	script := fmt.Sprintf("#!/bin/sh\necho \"$@\" >>%s/calls\n%s\nEMULATOR_HELPER=1 exec %s -test.run='^TestHelperServes$' \"$@\"\n", dir, body, os.Args[0])
	require.NoError(t, os.WriteFile(python, []byte(script), 0o755))
	e := Emulator{Dir: filepath.Join(dir, ".botyard", "emulator"), Source: filepath.Join(dir, "toolchain", "emulator"), Python: python, Code: "one", Port: port}
	t.Cleanup(func() { _ = e.Stop() })
	return e
}

func TestItIsStartedOnceAndReplacedWhenItsCodeChanges(t *testing.T) {
	e := emulator(t, "")
	started, err := e.Ensure(t.Context(), &bytes.Buffer{})
	require.NoError(t, err)
	assert.True(t, started)
	assert.True(t, e.Healthy(t.Context()))
	assert.DirExists(t, e.StateDir())
	first := run.Pid(e.pidFile())

	started, err = e.Ensure(t.Context(), &bytes.Buffer{})
	require.NoError(t, err)
	assert.False(t, started)
	assert.Equal(t, first, run.Pid(e.pidFile()))

	e.Code = "two"
	var log bytes.Buffer
	started, err = e.Ensure(t.Context(), &log)
	require.NoError(t, err)
	assert.True(t, started)
	assert.NotEqual(t, first, run.Pid(e.pidFile()))
	assert.Contains(t, log.String(), "its code has changed")

	calls, err := os.ReadFile(filepath.Join(filepath.Dir(e.Python), "calls"))
	require.NoError(t, err)
	line := filepath.Join(e.Source, "run.py") + " serve\n"
	assert.Equal(t, line+line, string(calls))
	require.NoError(t, e.Stop())
	assert.False(t, e.Healthy(t.Context()))
	assert.DirExists(t, e.StateDir(), "its state stays")
}

func TestAKilledOneIsStartedAgain(t *testing.T) {
	e := emulator(t, "")
	_, err := e.Ensure(t.Context(), &bytes.Buffer{})
	require.NoError(t, err)
	process, err := os.FindProcess(run.Pid(e.pidFile()))
	require.NoError(t, err)
	require.NoError(t, process.Kill())
	require.Eventually(t, func() bool { return run.Pid(e.pidFile()) == 0 }, 5*time.Second, time.Millisecond)
	started, err := e.Ensure(t.Context(), &bytes.Buffer{})
	require.NoError(t, err)
	assert.True(t, started)
}

func TestOneWithoutItsPidFileIsAdopted(t *testing.T) {
	e := emulator(t, "")
	_, err := e.Ensure(t.Context(), &bytes.Buffer{})
	require.NoError(t, err)
	pid := run.Pid(e.pidFile())
	require.NoError(t, os.Remove(e.pidFile()))
	assert.True(t, e.Running())
	started, err := e.Ensure(t.Context(), &bytes.Buffer{})
	require.NoError(t, err)
	assert.False(t, started)
	assert.Equal(t, pid, run.Pid(e.pidFile()))

	other := e
	other.Dir = filepath.Join(t.TempDir(), ".botyard", "emulator")
	_, err = other.Ensure(t.Context(), &bytes.Buffer{})
	require.ErrorContains(t, err, fmt.Sprintf("port %d is held by the emulator of the clone %s; one machine", e.Port, filepath.Dir(filepath.Dir(e.Source))))

	require.NoError(t, os.Remove(e.pidFile()))
	require.NoError(t, e.Stop())
	assert.False(t, e.Running())
}

func TestAPortOfSomebodyElseIsRefused(t *testing.T) {
	e := emulator(t, "")
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	e.Port = server.Listener.Addr().(*net.TCPAddr).Port
	_, err := e.Ensure(t.Context(), &bytes.Buffer{})
	require.ErrorContains(t, err, fmt.Sprintf("port %d is held by ", e.Port))
	require.ErrorContains(t, err, "one machine runs one local stack at a time: stop it (make down in that clone), or set BOTYARD_EMULATOR_PORT")
	assert.NoFileExists(t, filepath.Join(filepath.Dir(e.Python), "calls"))
}

func TestOneThatEndsAtOnceSaysWhy(t *testing.T) {
	e := emulator(t, "echo 'ministack has drifted' >&2; exit 1")
	_, err := e.Ensure(t.Context(), &bytes.Buffer{})
	require.EqualError(t, err, "the emulator ended as it started; it said: ministack has drifted (whole log: "+e.Log()+")")
}

func TestTheInstanceIsWhatTheEmulatorItselfComputes(t *testing.T) {
	// python3 -c 'import hashlib; print(hashlib.sha256(b"/nowhere/.botyard/emulator/state").hexdigest()[:8])'
	e := Emulator{Dir: "/nowhere/.botyard/emulator", Port: 4566}
	assert.Equal(t, "botyard-5679fb48:4566", e.Instance())
}
