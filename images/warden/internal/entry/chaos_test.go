package entry_test

import (
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/warden/internal/clock"
)

const (
	chaosFaults = 200
	// The faults are shared out among this many services that know nothing of each other: most of the time goes by in
	// waiting for a lease to run out, which they do side by side.
	chaosServices = 2
	chaosLease    = 1800 * time.Millisecond
	// How long the child of a container that was paused as a whole may run on after it was resumed: the time that
	// the kernel takes to run init or the worker, on a busy machine. README.md states it.
	resumeBound = 250 * time.Millisecond
	// How soon after the last fault a child runs that goes on running. A write of a dead holder that arrives a lease
	// late is waited for a lease from there, and then a read, a take and a start follow.
	backWithin = 3 * chaosLease
	// With fewer take-overs the test would say little. In practice there are several times as many.
	leastTakeovers = 10
)

func TestChaos(t *testing.T) {
	slow(t, "90 s")
	t.Parallel()
	seed := uint64(1)
	if text := os.Getenv("CHAOS_SEED"); text != "" {
		var err error
		seed, err = strconv.ParseUint(text, 10, 64)
		require.NoError(t, err, "CHAOS_SEED is no whole number")
	}
	t.Logf("CHAOS_SEED=%d makes the same choices again", seed)
	var services [chaosServices]*service
	var all sync.WaitGroup
	for i := range services {
		services[i] = newService(t, seed, uint64(i))
		all.Go(func() {
			services[i].suffer(chaosFaults / chaosServices)
			services[i].comeBack()
		})
	}
	all.Wait()
	injected, takeovers := 0, 0
	for _, s := range services {
		injected += s.injected()
		takeovers += s.judge()
	}
	t.Logf("seed %d: %d faults, %d take-overs", seed, injected, takeovers)
	assert.Equal(t, chaosFaults, injected, "each fault has met something")
	assert.GreaterOrEqual(t, takeovers, leastTakeovers, "the lease moved often enough for the test to mean something")
}

// comeBack asserts that the service runs again now that nothing disturbs it, and ends it.
func (s *service) comeBack() {
	assert.Eventually(s.t, func() bool { return s.check.last() > s.calm }, backWithin, 5*time.Millisecond, "after the faults one runs again")
	back := clock.Now()
	s.t.Logf("service %d ran again %s after the last fault was over", s.number, back-s.calm)
	time.Sleep(chaosLease)
	assert.Greater(s.t, s.check.last(), back+chaosLease*9/10, "and goes on")
	for _, c := range s.containers {
		c.end()
	}
	s.ended.Wait()
}

// judge asserts that no two children ran at once, but for the moment after a whole container is resumed, and that
// tokens only grow. It returns how often a child ran under a new token.
func (s *service) judge() int {
	resumes := map[string][]moment{}
	for _, c := range s.containers {
		resumes[c.name] = c.resumed
	}
	lives := s.check.close()
	longest := time.Duration(0)
	wrong := map[[2]int64]int{} // beats that nothing excuses, by the tokens of the two children
	for _, o := range overlaps(lives) {
		excused := false
		for _, m := range resumes[o.container] {
			if o.beat >= m.from && o.beat < m.to+resumeBound {
				excused = true
				longest = max(longest, o.beat-m.to)
			}
		}
		if !excused {
			wrong[[2]int64{o.token, o.later}]++
		}
	}
	assert.Empty(s.t, wrong, "children that ran on beside one of a higher token, and for how many beats of 2 ms")
	takeovers, moves := 0, 0
	for i := 1; i < len(lives); i++ {
		if lives[i].token != lives[i-1].token {
			takeovers++
		}
		if lives[i].container != lives[i-1].container {
			assert.NotEqual(s.t, lives[i].token, lives[i-1].token, "one token, two containers")
			moves++
		}
	}
	s.t.Logf("service %d: %d children, %d take-overs, %d of them by another container; %d takes, %d of them from a holder that had not released; longest run after a resume %s; faults %v, %d of them at the holder",
		s.number, len(lives), takeovers, moves, s.tokens.takes, s.tokens.failovers, longest, s.count, s.aimed)
	assert.Empty(s.t, s.tokens.wrong, "tokens only grow")
	return takeovers
}
