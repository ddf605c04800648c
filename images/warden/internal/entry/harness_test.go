package entry_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"botyard/warden/internal/dynamotest"
	"botyard/warden/internal/initproc"
	"botyard/warden/internal/procs"
)

// slow skips a test that takes long where a quick answer is wanted.
func slow(t testing.TB, takes string) {
	if testing.Short() {
		t.Skipf("takes about %s: left out with -short", takes)
	}
}

// warden is one running warden: an init, its worker and what they run.
type warden struct {
	t      testing.TB
	cmd    *exec.Cmd
	out    *output
	socket string
	ended  chan struct{}
}

// output collects what a warden and its child print.
type output struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (o *output) Write(text []byte) (int, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.Write(text)
}

func (o *output) String() string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.String()
}

// events are the warden's log lines of an event.
func (o *output) events(event string) []map[string]any {
	var found []map[string]any
	for line := range strings.Lines(o.String()) {
		var fields map[string]any
		if json.Unmarshal([]byte(line), &fields) == nil && fields["source"] == "warden" && fields["event"] == event {
			found = append(found, fields)
		}
	}
	return found
}

// self is the test's program, as a child's command.
func self(t testing.TB) string {
	path, err := os.Executable()
	require.NoError(t, err)
	return path
}

// start starts a warden with variables laid over a plain environment.
func start(t testing.TB, server *dynamotest.Server, environ []string, command ...string) *warden {
	w := &warden{t: t, out: &output{}, socket: filepath.Join(t.TempDir(), "s"), ended: make(chan struct{})}
	w.cmd = exec.Command(self(t), command...)
	w.cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), roleVariable + "=warden", "SERVICE=bot", "WARDEN_SOCKET=" + w.socket,
		"AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=k", "AWS_SECRET_ACCESS_KEY=s", "AWS_EC2_METADATA_DISABLED=true",
		"GORACE=atexit_sleep_ms=0", // else each process of a -race run sleeps for a second at its end
	}, environ...)
	if server != nil {
		w.cmd.Env = append(w.cmd.Env, "WARDEN_TABLE=leases", "AWS_ENDPOINT_URL="+server.URL)
	}
	w.cmd.Stdout, w.cmd.Stderr = w.out, w.out
	w.cmd.WaitDelay = 2 * time.Second
	require.NoError(t, w.cmd.Start())
	go func() {
		_ = w.cmd.Wait()
		close(w.ended)
	}()
	t.Cleanup(func() {
		w.killAll()
		<-w.ended
		if t.Failed() {
			t.Logf("warden %d:\n%s", w.cmd.Process.Pid, w.out)
		}
	})
	return w
}

// leased is the environment of a singleton with a short lease.
func leased(milliseconds string, more ...string) []string {
	return append([]string{"WARDEN_LEASE_SECONDS=15", leaseVariable + "=" + milliseconds}, more...)
}

func (w *warden) pid() int { return w.cmd.Process.Pid }

// worker is the pid of the worker, 0 when there is none.
func (w *warden) worker() int {
	list, _ := procs.List()
	for _, p := range list {
		if p.Parent != w.pid() || p.Ended {
			continue
		}
		environ, _ := os.ReadFile(procPath(p.Pid, "environ"))
		if bytes.Contains(environ, []byte(initproc.LinkVariable+"=")) {
			return p.Pid
		}
	}
	return 0
}

// childPid is the pid of the child that runs, 0 when there is none.
func (w *warden) childPid() int {
	started := w.out.events("started")
	if len(started) == 0 {
		return 0
	}
	pid := int(started[len(started)-1]["pid"].(float64))
	if !slices.Contains(w.everyone(), pid) {
		return 0 // ended, and its pid may be another's by now
	}
	return pid
}

// everyone is init and all below it; nobody once init has ended, since its pid may be another's by now.
func (w *warden) everyone() []int {
	select {
	case <-w.ended:
		return nil
	default:
	}
	below, _ := procs.Descendants(w.pid())
	return append([]int{w.pid()}, below...)
}

func (w *warden) killAll() {
	for _, pid := range w.everyone() {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

func (w *warden) signal(sig syscall.Signal) { _ = w.cmd.Process.Signal(sig) }

// code waits for the warden's end and returns its exit code.
func (w *warden) code(within time.Duration) int {
	select {
	case <-w.ended:
	case <-time.After(within):
		require.FailNow(w.t, "the warden did not end", "within %s", within)
	}
	status := w.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}

// await waits for an event to be logged for the nth time.
func (w *warden) await(event string, n int, within time.Duration) {
	require.Eventually(w.t, func() bool { return len(w.out.events(event)) >= n }, within, 5*time.Millisecond, "no event %s", event)
}

func (w *warden) awaitText(text string, within time.Duration) {
	require.Eventually(w.t, func() bool { return strings.Contains(w.out.String(), text) }, within, 5*time.Millisecond, "nothing says %s", text)
}

// healthy runs the health check.
func (w *warden) healthy() (int, string) {
	cmd := exec.Command(self(w.t), "--healthy")
	cmd.Env = []string{roleVariable + "=warden", "WARDEN_SOCKET=" + w.socket}
	out, _ := cmd.CombinedOutput()
	return cmd.ProcessState.ExitCode(), strings.TrimSpace(string(out))
}
