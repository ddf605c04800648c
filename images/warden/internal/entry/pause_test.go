package entry_test

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/warden/internal/dynamotest"
)

func TestAPausedWorkerIsEndedByInitAndAPausedInitByItsWorker(t *testing.T) {
	t.Parallel()
	t.Run("worker", func(t *testing.T) {
		t.Parallel()
		server, check := table(t), newChecker(t)
		wrote := lastWrite(server)
		w := start(t, server, leased("6000"), "sh", "-c", `setsid sleep 1000 & exec "$@"`, "sh", self(t), "test-child", "beat", check.listener.Addr().String(), "a")
		require.Eventually(t, func() bool { return check.last() > 0 }, 5*time.Second, time.Millisecond)
		below := w.everyone()[1:]
		require.GreaterOrEqual(t, len(below), 3, "the worker, its child, and what left the session")
		time.Sleep(300 * time.Millisecond) // no write is under way now
		require.NoError(t, syscall.Kill(w.worker(), syscall.SIGSTOP))
		assert.Equal(t, 137, w.code(8*time.Second))
		// By the child's own clock: how soon this test hears of the end says nothing about how long the child ran.
		ran := check.last() - wrote()
		t.Logf("the child ran for %s after the last write", ran)
		assert.Greater(t, ran, 5650*time.Millisecond, "init's deadline at 29/30 of the lease: 5.8 s, which began a little earlier")
		assert.Less(t, ran, 6*time.Second, "it is dead before anybody else can take the lease")
		assert.Contains(t, w.out.String(), "the worker did not extend its deadline")
		for _, pid := range below {
			assert.NoFileExists(t, procPath(pid, "stat"))
		}
	})
	t.Run("init", func(t *testing.T) {
		t.Parallel()
		server := table(t)
		w := start(t, server, leased("3000", "WARDEN_STOP_SECONDS=1"), "sh", "-c", `trap "" TERM; while :; do sleep 0.01; done`)
		w.await("started", 1, 5*time.Second)
		w.signal(syscall.SIGSTOP)
		server.SetFault(func(string) dynamotest.Fault { return dynamotest.Fault{Refuse: "InternalServerError"} })
		w.await("ended", 1, 4*time.Second)
		server.SetFault(nil)
		w.await("started", 2, 3*time.Second)
		w.signal(syscall.SIGCONT)
		time.Sleep(300 * time.Millisecond)
		assert.Len(t, w.out.events("ended"), 1, "init reads the deadline that was extended meanwhile before it judges")
		w.signal(syscall.SIGTERM)
		w.code(30 * time.Second)
	})
}

func TestALogThatNobodyReadsDoesNotHoldUpTheLease(t *testing.T) {
	slow(t, "4 s")
	t.Parallel()
	server := table(t)
	reader, full, err := os.Pipe()
	require.NoError(t, err)
	defer reader.Close()
	defer full.Close()
	fd := int(full.Fd()) // asked for once: each time makes it blocking
	require.NoError(t, syscall.SetNonblock(fd, true))
	for err = nil; err == nil; {
		_, err = syscall.Write(fd, make([]byte, 4096))
	}
	require.Equal(t, syscall.EAGAIN, err)
	require.NoError(t, syscall.SetNonblock(fd, false))
	w := start(t, server, leased("1500"), "true") // for its environment
	w.code(5 * time.Second)

	stuck := exec.Command(self(t), "sh", "-c", "exec sleep 1000")
	stuck.Env, stuck.Stdout = w.cmd.Env, full
	require.NoError(t, stuck.Start())
	require.Eventually(t, func() bool { return server.Item("bot")["holder"] != nil }, 5*time.Second, 10*time.Millisecond)
	holder := server.Item("bot")["holder"]
	time.Sleep(3 * time.Second)
	assert.Equal(t, holder, server.Item("bot")["holder"], "two leases later it is still the same")
	require.NoError(t, stuck.Process.Signal(syscall.SIGTERM))
	_ = stuck.Wait() // the exit code says it
	assert.Equal(t, 143, stuck.ProcessState.ExitCode())
}

func TestAGapHoldsTheChildStillUntilTheLeaseIsConfirmed(t *testing.T) {
	t.Parallel()
	server := table(t)
	// Not a shell that starts programs: the kernel calls it waiting, not stopped, while its stopped vfork is about to.
	w := start(t, server, leased("3000"), "sleep", "1000")
	w.await("started", 1, 5*time.Second)
	time.Sleep(700 * time.Millisecond)
	server.SetFault(func(string) dynamotest.Fault { return dynamotest.Fault{Delay: 300 * time.Millisecond} })
	worker := w.worker()
	require.NoError(t, syscall.Kill(worker, syscall.SIGSTOP))
	time.Sleep(500 * time.Millisecond)
	require.NoError(t, syscall.Kill(worker, syscall.SIGCONT))
	stopped := func() bool {
		stat, _ := os.ReadFile(procPath(w.childPid(), "stat"))
		return strings.Contains(string(stat), ") T ")
	}
	assert.Eventually(t, stopped, 250*time.Millisecond, 5*time.Millisecond)
	w.await("gap", 1, time.Second)
	assert.Eventually(t, func() bool { return !stopped() }, time.Second, 5*time.Millisecond)
	assert.Empty(t, w.out.events("ended"))
}
