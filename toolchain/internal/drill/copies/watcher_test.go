package copies

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/drill"
)

// role is the variable that makes this test program a false warden.
const role = "DRILL_TEST_WARDEN"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "init":
		start("worker", os.Args[0])
	case "worker":
		start("program", "sleep", "60")
	}
	os.Exit(m.Run())
}

// start runs a process below this one, tells what it is and its pid, and never returns.
func start(as, name string, args ...string) {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), role+"="+as)
	cmd.Stdout = os.Stdout
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		panic(err) // a false warden, not the product
	}
	fmt.Println(as, cmd.Process.Pid)
	_ = cmd.Wait()
	os.Exit(0)
}

// run starts init, worker and program as real processes, in a false cgroup, and waits until the program is what runs. It
// returns their pids.
func run(t *testing.T, m *Machine, id string) (pids []int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "SERVICE=bot", role+"=init")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	pids = []int{cmd.Process.Pid, 0, 0}
	for range 2 { // in either order: each is told by its own parent
		var as string
		var pid int
		_, err = fmt.Fscan(out, &as, &pid)
		require.NoError(t, err)
		pids[map[string]int{"worker": 1, "program": 2}[as]] = pid
	}
	t.Cleanup(func() { _ = syscall.Kill(pids[1], syscall.SIGKILL) })
	t.Cleanup(func() { _ = syscall.Kill(pids[2], syscall.SIGKILL) })
	put(t, filepath.Join(m.Cgroup, "docker", id, "cgroup.procs"), strings.Trim(fmt.Sprint(pids), "[]"))
	// A process that has just become another program shows no command line for a moment. A machine of its own looks, since
	// a watcher may be reading m.
	own := &Machine{Proc: m.Proc, Cgroup: m.Cgroup, Service: m.Service}
	require.Eventually(t, func() bool {
		containers, err := own.Read()
		return err == nil && slices.ContainsFunc(containers, func(c Container) bool { return c.ID == id && c.Copy() == pids[2] })
	}, 10*time.Second, time.Millisecond)
	return pids
}

// freeze stops a process and waits for it: the signal takes effect once the process is scheduled, which a busy machine puts off.
func freeze(t *testing.T, m *Machine, pid int) {
	t.Helper()
	require.NoError(t, syscall.Kill(pid, syscall.SIGSTOP))
	require.Eventually(t, func() bool {
		p, ok := m.process(fmt.Sprint(pid))
		return ok && p.Stopped
	}, 10*time.Second, time.Millisecond)
}

func TestTwoRealCopiesAreSeen(t *testing.T) {
	m := &Machine{Proc: "/proc", Cgroup: t.TempDir(), Service: "bot"}
	first := run(t, m, "first")
	end, err := Begin(m)
	require.NoError(t, err)
	time.Sleep(100 * time.Millisecond)
	second := run(t, m, "second")
	both := time.Now()
	time.Sleep(300 * time.Millisecond)
	require.NoError(t, syscall.Kill(first[2], syscall.SIGKILL))
	overlapped := time.Since(both)
	time.Sleep(200 * time.Millisecond)
	samples, err := end()
	require.NoError(t, err)
	total, _ := drill.Overlap(samples)
	assert.InDelta(t, overlapped.Seconds(), total.Seconds(), 0.15)
	assert.Equal(t, []string{"first"}, samples[0].Copies)
	assert.Equal(t, []string{"second"}, samples[len(samples)-1].Copies)

	containers, err := m.Read()
	require.NoError(t, err)
	require.Len(t, containers, 2)
	assert.Equal(t, second[1], containers[1].Worker())
	assert.Equal(t, second[2], containers[1].Copy())
}

func TestAHandoverIsNoOverlapAndNeitherIsAFrozenCopy(t *testing.T) {
	m := &Machine{Proc: "/proc", Cgroup: t.TempDir(), Service: "bot"}
	run(t, m, "first")
	end, err := Begin(m)
	require.NoError(t, err)
	put(t, filepath.Join(m.Cgroup, "docker", "first", "freezer.state"), "FROZEN\n")
	second := run(t, m, "second")
	time.Sleep(100 * time.Millisecond)
	freeze(t, m, second[2])
	put(t, filepath.Join(m.Cgroup, "docker", "first", "freezer.state"), "THAWED\n")
	time.Sleep(100 * time.Millisecond)
	samples, err := end()
	require.NoError(t, err)
	total, _ := drill.Overlap(samples)
	assert.Zero(t, total)
	var seen []string
	for _, sample := range samples {
		if now := strings.Join(sample.Copies, "+"); now != "" && (len(seen) == 0 || seen[len(seen)-1] != now) {
			seen = append(seen, now)
		}
	}
	assert.Equal(t, []string{"first", "second", "first"}, seen)
}

func TestAWatcherThatSeesNothingSaysSo(t *testing.T) {
	_, err := Begin(&Machine{Proc: "/proc", Cgroup: t.TempDir(), Service: "bot"})
	require.ErrorContains(t, err, "the watcher of processes sees no running copy although one holds the lease")
}
