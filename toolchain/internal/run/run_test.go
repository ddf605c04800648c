package run_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/run"
)

func TestFailureNamesTheProgramAndItsWords(t *testing.T) {
	_, err := run.Output(t.Context(), run.Cmd{Name: "sh", Args: []string{"-c", "echo out; echo no such thing >&2; exit 3"}})
	require.EqualError(t, err, "sh -c echo out; echo no such thing >&2; exit 3 failed: exit status 3: no such thing")
	var exit *run.ExitError
	require.ErrorAs(t, err, &exit)
	assert.Equal(t, 3, exit.Code)
}

func TestEnvIsLaidOver(t *testing.T) {
	t.Setenv("A", "ours")
	out, err := run.Output(t.Context(), run.Cmd{Name: "sh", Args: []string{"-c", "echo $A"}, Env: []string{"A=theirs"}})
	require.NoError(t, err)
	assert.Equal(t, "theirs", out)
}

// interruptible counts the SIGINTs that it gets and ends a moment after the first.
const interruptible = `trap 'echo int' INT; echo ready; i=0; while [ $i -lt 30 ]; do sleep 0.1; i=$((i+1)); done; exit 7`

func TestCancelInterruptsOnceAndLeavesTime(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var out bytes.Buffer
	ready := writerFunc(func(text []byte) (int, error) {
		if strings.Contains(string(text), "ready") {
			cancel()
		}
		return out.Write(text)
	})
	began := time.Now()
	err := run.Cmd{Name: "sh", Args: []string{"-c", interruptible}, Stdout: ready, Grace: 10 * time.Second, Alone: true}.Run(ctx)
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, "ready\nint\n", out.String())
	assert.Greater(t, time.Since(began), 2*time.Second, "it was left its time to end")
}

func TestCancelInterruptsWhatAScriptHasStarted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ready := writerFunc(func(text []byte) (int, error) { cancel(); return len(text), nil })
	began := time.Now()
	// The inner shell says ready: dash loses a SIGINT that comes while it starts a program.
	script := `sh -c 'echo ready; exec sleep 60'; echo never`
	err := run.Cmd{Name: "sh", Args: []string{"-c", script}, Stdout: ready, Grace: 30 * time.Second}.Run(ctx)
	require.ErrorIs(t, err, context.Canceled)
	assert.Less(t, time.Since(began), 5*time.Second, "a shell alone would wait for its sleep")
}

func TestPastTheGraceTheWholeGroupIsKilled(t *testing.T) {
	child := filepath.Join(t.TempDir(), "pid")
	ctx, cancel := context.WithCancel(t.Context())
	ready := writerFunc(func(text []byte) (int, error) { cancel(); return len(text), nil })
	script := `trap '' INT; sleep 60 & echo $! >` + child + `; echo ready; wait; sleep 60`
	began := time.Now()
	err := run.Cmd{Name: "sh", Args: []string{"-c", script}, Stdout: ready, Grace: 300 * time.Millisecond}.Run(ctx)
	require.ErrorIs(t, err, context.Canceled)
	assert.Less(t, time.Since(began), 5*time.Second)
	text, err := os.ReadFile(child)
	require.NoError(t, err)
	assert.Eventually(t, func() bool { return ended(strings.TrimSpace(string(text))) }, 2*time.Second, 10*time.Millisecond, "the child of the killed program")
}

func TestDaemonOutlivesItsStarterAndIsStopped(t *testing.T) {
	dir := t.TempDir()
	daemon := run.Daemon{
		Name: "sh", Args: []string{"-c", "echo $WORD; exec sleep 60"}, Env: []string{"WORD=hello"},
		Log: filepath.Join(dir, "log"), PidFile: filepath.Join(dir, "pid"),
	}
	pid, err := daemon.Start()
	require.NoError(t, err)
	assert.Equal(t, pid, run.Pid(daemon.PidFile))
	require.Eventually(t, func() bool { text, _ := os.ReadFile(daemon.Log); return string(text) == "hello\n" }, 5*time.Second, 10*time.Millisecond)

	stopped, err := run.Stop(daemon.PidFile, 5*time.Second)
	require.NoError(t, err)
	assert.True(t, stopped)
	assert.Zero(t, run.Pid(daemon.PidFile))
	assert.NoFileExists(t, daemon.PidFile)

	stopped, err = run.Stop(daemon.PidFile, time.Second)
	require.NoError(t, err)
	assert.False(t, stopped, "a second stop finds nothing")
}

func TestStopKillsWhatDoesNotEnd(t *testing.T) {
	dir := t.TempDir()
	daemon := run.Daemon{
		Name: "sh", Args: []string{"-c", "trap '' TERM; echo up; while :; do sleep 1; done"},
		Log: filepath.Join(dir, "log"), PidFile: filepath.Join(dir, "pid"),
	}
	_, err := daemon.Start()
	require.NoError(t, err)
	require.Eventually(t, func() bool { text, _ := os.ReadFile(daemon.Log); return len(text) > 0 }, 5*time.Second, 10*time.Millisecond)
	stopped, err := run.Stop(daemon.PidFile, 200*time.Millisecond)
	require.NoError(t, err)
	assert.True(t, stopped)
}

func TestAPidThatIsAnotherProcessNowIsNotOurs(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pid")
	require.NoError(t, os.WriteFile(file, []byte(strconv.Itoa(os.Getpid())), 0o644))
	require.NoError(t, os.WriteFile(file+".start", []byte("1\n"), 0o644))
	assert.Zero(t, run.Pid(file))
	stopped, err := run.Stop(file, time.Second)
	require.NoError(t, err)
	assert.False(t, stopped, "we are still here")
	assert.NoFileExists(t, file)
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(text []byte) (int, error) { return f(text) }

func ended(pid string) bool {
	text, err := os.ReadFile("/proc/" + pid + "/stat")
	return err != nil || strings.Contains(string(text), ") Z ")
}
