package copies

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
		start("", "sleep", "60")
	}
	os.Exit(m.Run())
}

// start runs a process below this one, tells its pid and never returns.
func start(as, name string, args ...string) {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), role+"="+as)
	cmd.Stdout = os.Stdout
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		panic(err) // a false warden, not the product
	}
	fmt.Println(cmd.Process.Pid)
	_ = cmd.Wait()
	os.Exit(0)
}

// run starts init, worker and program as real processes, in a false cgroup. It returns their pids.
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
	_, err = fmt.Fscan(out, &pids[1], &pids[2])
	require.NoError(t, err)
	t.Cleanup(func() { _ = syscall.Kill(pids[1], syscall.SIGKILL) })
	t.Cleanup(func() { _ = syscall.Kill(pids[2], syscall.SIGKILL) })
	put(t, filepath.Join(m.Cgroup, "docker", id, "cgroup.procs"), strings.Trim(fmt.Sprint(pids), "[]"))
	return pids
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
	require.NoError(t, syscall.Kill(second[2], syscall.SIGSTOP))
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
