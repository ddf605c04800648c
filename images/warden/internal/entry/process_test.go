package entry_test

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/warden/internal/procs"
)

func procPath(pid int, file string) string { return fmt.Sprintf("/proc/%d/%s", pid, file) }

func TestExitCodes(t *testing.T) {
	for script, want := range map[string]int{"exit 0": 0, "exit 7": 7, "kill -9 $$": 137, "kill -TERM $$": 143} {
		t.Run(script, func(t *testing.T) {
			assert.Equal(t, want, start(t, nil, nil, "sh", "-c", script).code(5*time.Second))
		})
	}
	assert.Equal(t, 127, start(t, nil, nil, "/no/such/program").code(5*time.Second))
	assert.Equal(t, 126, start(t, nil, nil, "/etc/hostname").code(5*time.Second))
}

func TestBadSettingsEndItWithTwo(t *testing.T) {
	w := start(t, nil, []string{"WARDEN_LEASE_SECONDS=soon", "PORT=0"}, "true")
	assert.Equal(t, 2, w.code(5*time.Second))
	assert.Equal(t, "warden: PORT is \"0\"; right would be a whole number from 1 to 65535\n"+
		"warden: WARDEN_LEASE_SECONDS is \"soon\"; right would be a whole number from 5 to 300\n", w.out.String())
}

func TestSignalsReachTheChild(t *testing.T) {
	w := start(t, nil, nil, "sh", "-c", `for s in HUP USR1 USR2 WINCH QUIT; do trap "echo got $s" $s; done; trap "echo got TERM; exit 5" TERM; echo ready; while :; do sleep 0.05; done`)
	w.awaitText("ready", 5*time.Second)
	for sig, name := range map[syscall.Signal]string{syscall.SIGHUP: "HUP", syscall.SIGUSR1: "USR1", syscall.SIGUSR2: "USR2", syscall.SIGWINCH: "WINCH", syscall.SIGQUIT: "QUIT"} {
		w.signal(sig)
		w.awaitText("got "+name, 5*time.Second)
	}
	w.signal(syscall.SIGTERM)
	assert.Equal(t, 5, w.code(5*time.Second), "the child's own code")
	assert.Equal(t, 1, strings.Count(w.out.String(), "got TERM"), "once")
}

func TestAChildThatDoesNotEndIsKilled(t *testing.T) {
	t.Parallel()
	w := start(t, nil, []string{"WARDEN_STOP_SECONDS=1"}, "sh", "-c", `trap "" TERM; echo ready; while :; do sleep 0.05; done`)
	w.awaitText("ready", 5*time.Second)
	began := time.Now()
	w.signal(syscall.SIGTERM)
	assert.Equal(t, 137, w.code(5*time.Second))
	assert.Greater(t, time.Since(began), time.Second)
}

func TestOrphansAreReapedAndEndWithTheChild(t *testing.T) {
	t.Parallel()
	w := start(t, nil, nil, "sh", "-c", `(sleep 0.1 &) ; setsid sh -c 'sleep 1000 & echo orphan $!.; sleep 1000' & sleep 0.5; echo ready; while :; do sleep 0.05; done`)
	w.awaitText("ready", 5*time.Second)
	list, err := procs.List()
	require.NoError(t, err)
	for _, p := range list {
		assert.False(t, p.Parent == w.pid() && p.Ended, "process %d was not reaped", p.Pid)
	}
	_, rest, found := strings.Cut(w.out.String(), "orphan ")
	require.True(t, found)
	orphan, err := strconv.Atoi(rest[:strings.IndexByte(rest, '.')])
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(orphan, 0))
	w.signal(syscall.SIGTERM)
	assert.Equal(t, 143, w.code(5*time.Second))
	assert.NoFileExists(t, procPath(orphan, "stat"), "what left the session has ended too")
}

func TestTheChildEndsWithTheWorker(t *testing.T) {
	w := start(t, nil, nil, "sh", "-c", `setsid sleep 1000 & echo ready; exec sleep 1000`)
	w.awaitText("ready", 5*time.Second)
	below, err := procs.Descendants(w.pid())
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(below), 3)
	require.NoError(t, syscall.Kill(w.worker(), syscall.SIGKILL))
	assert.Equal(t, 137, w.code(2*time.Second))
	for _, pid := range below {
		assert.NoFileExists(t, procPath(pid, "stat"))
	}
}

func TestTheChildEndsWithInit(t *testing.T) {
	w := start(t, nil, nil, "sh", "-c", `echo ready; exec sleep 1000`)
	w.awaitText("ready", 5*time.Second)
	child := w.childPid()
	w.signal(syscall.SIGKILL)
	assert.Equal(t, 137, w.code(2*time.Second))
	assert.Eventually(t, func() bool {
		stat, err := os.ReadFile(procPath(child, "stat"))
		return err != nil || strings.Contains(string(stat), ") Z ")
	}, 2*time.Second, 5*time.Millisecond)
}

func TestAProbeThatFailsStopsTheChildAndFailsTheHealthCheck(t *testing.T) {
	t.Parallel()
	flag := t.TempDir() + "/works"
	require.NoError(t, os.WriteFile(flag, nil, 0o644))
	w := start(t, nil, []string{`WARDEN_PROBE=["test","-e","` + flag + `"]`, "WARDEN_PROBE_INTERVAL=1", "WARDEN_PROBE_RETRIES=2", "WARDEN_PROBE_START=1"}, "sleep", "1000")
	w.await("healthy", 1, 5*time.Second)
	w.await("heartbeat", 1, 2*time.Second)
	code, why := w.healthy()
	assert.Equal(t, 0, code, why)
	require.NoError(t, os.Remove(flag))
	w.await("unhealthy", 1, 5*time.Second)
	w.await("restarting", 1, 5*time.Second)
	w.await("started", 2, 5*time.Second)
	assert.Equal(t, float64(143), w.out.events("ended")[0]["code"])
	assert.LessOrEqual(t, w.out.events("restarting")[0]["seconds"], 1.0)
	w.signal(syscall.SIGTERM)
	w.code(5 * time.Second)
}

func TestAChildThatNeverWorksFailsTheWarden(t *testing.T) {
	// The probe fails once the child listens to SIGTERM, which a quick probe would else send before.
	ready := t.TempDir() + "/ready"
	probe := `WARDEN_PROBE=["sh","-c","until test -e ` + ready + `; do sleep 0.01; done; exit 1"]`
	w := start(t, nil, []string{probe, "WARDEN_PROBE_INTERVAL=1", "WARDEN_PROBE_RETRIES=1", "WARDEN_PROBE_START=0"},
		"sh", "-c", "trap 'exit 0' TERM; : >"+ready+"; while :; do sleep 0.05; done")
	assert.Equal(t, 1, w.code(5*time.Second), "also when the child ends well")
	assert.Len(t, w.out.events("started"), 1)
}

func TestWithoutATableStartsAreCountedInMemory(t *testing.T) {
	t.Parallel()
	w := start(t, nil, []string{`WARDEN_PROBE=["true"]`, "WARDEN_STARTS_PER_DAY=2"}, "sh", "-c", "sleep 0.3; exit 4")
	w.await("stopped-for-good", 1, 10*time.Second)
	assert.Len(t, w.out.events("started"), 2)
	require.Eventually(t, func() bool { code, _ := w.healthy(); return code == 1 }, 2*time.Second, 20*time.Millisecond)
	_, why := w.healthy()
	assert.Equal(t, "stopped for good: too many starts in 24 h; deploy a new revision", why)
	select {
	case <-w.ended:
		assert.Fail(t, "it stays")
	default:
	}
	w.signal(syscall.SIGTERM)
	assert.Equal(t, 0, w.code(2*time.Second))
	code, why := w.healthy()
	assert.Equal(t, 1, code)
	assert.Contains(t, why, "no warden answers")
}

func TestTheBinaryIsStatic(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/warden"
	build := exec.Command("go", "build", "-o", path, "botyard/warden")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.NotContains(t, string(text), "/ld-linux", "no dynamic loader")
	run := exec.Command(path, "sh", "-c", "exit 3")
	run.Env = []string{"SERVICE=x", "PATH=" + os.Getenv("PATH"), "WARDEN_SOCKET=" + t.TempDir() + "/s"}
	out, _ = run.CombinedOutput()
	assert.Equal(t, 3, run.ProcessState.ExitCode(), string(out))
}

func TestAsProcessOneOfAContainer(t *testing.T) {
	unshare := []string{"--pid", "--fork", "--mount-proc", "--kill-child"}
	if out, err := exec.Command("unshare", append(unshare, "true")...).CombinedOutput(); err != nil {
		t.Skipf("this machine lets us make no process namespace: %v: %s", err, out)
	}
	for script, want := range map[string]int{
		"setsid sleep 1000 & sleep 0.1; exit 7":            7,
		"setsid sleep 1000 & kill -KILL $PPID; sleep 1000": 137, // its parent is the worker
		"test $PPID != 1 && kill -TERM 1; sleep 1000":      143,
	} {
		cmd := exec.Command("unshare", append(unshare, self(t), "sh", "-c", script)...)
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), roleVariable + "=warden", "SERVICE=bot", "WARDEN_SOCKET=" + t.TempDir() + "/s"}
		began := time.Now()
		out, _ := cmd.CombinedOutput()
		assert.Equal(t, want, cmd.ProcessState.ExitCode(), "%s:\n%s", script, out)
		assert.Less(t, time.Since(began), 5*time.Second, script)
	}
}
