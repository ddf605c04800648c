package entry_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/warden/internal/clock"
)

// TestAResumedContainerRunsOnForAMomentOnly measures the one overlap that pausing can cause: the container was paused
// as a whole, another took over, and on its resume the child may run until the kernel has run init or the worker.
func TestAResumedContainerRunsOnForAMomentOnly(t *testing.T) {
	slow(t, "7 s")
	t.Parallel()
	longest := time.Duration(0)
	for range 3 {
		server, check := table(t), newChecker(t)
		child := []string{self(t), "test-child", "beat", check.listener.Addr().String()}
		a := start(t, server, leased("1500", "WARDEN_STOP_SECONDS=1"), append(child, "a")...)
		a.await("started", 1, 5*time.Second)
		b := start(t, server, leased("1500", "WARDEN_STOP_SECONDS=1"), append(child, "b")...)
		b.await("waiting", 2, 5*time.Second)
		require.Eventually(t, func() bool { return check.last() > 0 }, 2*time.Second, time.Millisecond)
		all := a.everyone()
		for _, pid := range all {
			kill(pid, syscall.SIGSTOP)
		}
		b.await("started", 1, 6*time.Second)
		assert.Len(t, b.out.events("failover"), 1)
		time.Sleep(300 * time.Millisecond)
		resumed := clock.Now()
		for i := range all { // the child first: the worst order
			kill(all[len(all)-1-i], syscall.SIGCONT)
		}
		assert.Equal(t, 137, a.code(3*time.Second))
		b.signal(syscall.SIGTERM)
		b.code(5 * time.Second)
		lives := check.close()
		require.Len(t, lives, 2)
		for _, o := range overlaps(lives) {
			require.Equal(t, "a", o.container)
			require.GreaterOrEqual(t, o.beat, resumed, "not before")
			longest = max(longest, o.beat-resumed)
		}
	}
	t.Logf("the resumed child ran on for %s at most", longest)
	assert.Less(t, longest, resumeBound)
}
