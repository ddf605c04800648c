package entry_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/warden/internal/clock"
	"botyard/warden/internal/dynamotest"
)

const (
	chaosFaults = 200
	chaosPace   = 200 * time.Millisecond
	chaosLease  = 2400 * time.Millisecond
	// How long the child of a container that was paused as a whole may run on after it was resumed: the time that
	// the kernel takes to run init or the worker, on a busy machine. README.md states it.
	resumeBound = 250 * time.Millisecond
)

// container is a place where a warden always runs: one that ends is started again, as ECS would.
type container struct {
	name   string
	mutex  sync.Mutex
	warden *warden
	busy   bool // a fault is under way
	resume []time.Duration
	stop   bool
}

func (c *container) run(t testing.TB, server *dynamotest.Server, checker string, ended *sync.WaitGroup) {
	defer ended.Done()
	for {
		c.mutex.Lock()
		if c.stop {
			c.mutex.Unlock()
			return
		}
		w := start(t, server, leased(strconv.Itoa(int(chaosLease.Milliseconds())), startsVariable+"=100000", "WARDEN_STOP_SECONDS=1"),
			self(t), "test-child", "beat", checker, c.name)
		c.warden = w
		c.mutex.Unlock()
		<-w.ended
		time.Sleep(50 * time.Millisecond)
	}
}

// claim marks a container as under a fault, if it is under none.
func (c *container) claim() bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	free := !c.busy && c.warden != nil
	c.busy = c.busy || free
	return free
}

func (c *container) current() *warden {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.warden
}

// faults are what can happen to a container. Each returns when it is over.
var faults = []struct {
	name string
	do   func(c *container, w *warden, pause time.Duration)
}{
	{"SIGKILL of the child", func(_ *container, w *warden, _ time.Duration) { kill(w.childPid(), syscall.SIGKILL) }},
	{"SIGKILL of the worker", func(_ *container, w *warden, _ time.Duration) { kill(w.worker(), syscall.SIGKILL) }},
	{"SIGKILL of the container", func(_ *container, w *warden, _ time.Duration) { w.killAll() }},
	{"SIGTERM", func(_ *container, w *warden, _ time.Duration) { w.signal(syscall.SIGTERM) }},
	{"pause of the worker", func(_ *container, w *warden, d time.Duration) { pause(d, w.worker()) }},
	{"pause of init", func(_ *container, w *warden, d time.Duration) { pause(d, w.pid()) }},
	{"pause of the container", func(c *container, w *warden, d time.Duration) {
		all := w.everyone()
		pause(d, all...)
		c.mutex.Lock()
		c.resume = append(c.resume, clock.Now())
		c.mutex.Unlock()
	}},
}

func kill(pid int, sig syscall.Signal) {
	if pid > 0 {
		_ = syscall.Kill(pid, sig)
	}
}

// pause stops processes and lets them go on, the child last: the one that resumes a container resumes all at once.
func pause(d time.Duration, pids ...int) {
	for _, pid := range pids {
		kill(pid, syscall.SIGSTOP)
	}
	time.Sleep(d)
	for _, pid := range pids {
		kill(pid, syscall.SIGCONT)
	}
}

// tableFaults are what can happen to the table. p is the dice of one request.
var tableFaults = []struct {
	name string
	one  func(dice float64) dynamotest.Fault
}{
	{"throttling", func(dice float64) dynamotest.Fault {
		if dice < 0.6 {
			return dynamotest.Fault{Refuse: "ThrottlingException"}
		}
		return dynamotest.Fault{}
	}},
	{"latency", func(dice float64) dynamotest.Fault {
		return dynamotest.Fault{Delay: time.Duration(dice * float64(chaosLease/4)), Late: time.Duration(dice * float64(chaosLease/8))}
	}},
	{"late writes", func(dice float64) dynamotest.Fault {
		if dice < 0.5 {
			return dynamotest.Fault{Delay: time.Duration(2 * dice * float64(chaosLease))}
		}
		return dynamotest.Fault{}
	}},
	{"outage", func(float64) dynamotest.Fault { return dynamotest.Fault{Refuse: "InternalServerError"} }},
	{"lost acknowledgements", func(dice float64) dynamotest.Fault { return dynamotest.Fault{LoseAck: dice < 0.5} }},
}

// tokens checks each write: the token never falls, and rises with each new holder.
type tokens struct {
	mutex sync.Mutex
	wrong []string
	takes int
}

func (k *tokens) wrote(before, after map[string]dynamotest.Value) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	number := func(v dynamotest.Value) int { text, _ := v["N"].(string); n, _ := strconv.Atoi(text); return n }
	old, now := number(before["token"]), number(after["token"])
	taken := after["holder"] != nil && (before["holder"] == nil || before["holder"]["S"] != after["holder"]["S"])
	if taken {
		k.takes++
	}
	if now < old || taken && now <= old {
		k.wrong = append(k.wrong, fmt.Sprintf("from %v to %v", before, after))
	}
}

func TestChaos(t *testing.T) {
	t.Parallel()
	seed := uint64(1)
	if text := os.Getenv("CHAOS_SEED"); text != "" {
		var err error
		seed, err = strconv.ParseUint(text, 10, 64)
		require.NoError(t, err, "CHAOS_SEED is no whole number")
	}
	t.Logf("CHAOS_SEED=%d repeats these faults", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	server, check, token := table(t), newChecker(t), &tokens{}
	server.OnWrite(token.wrote)
	containers := []*container{{name: "a"}, {name: "b"}, {name: "c"}}
	var ended, under sync.WaitGroup
	for _, c := range containers {
		ended.Add(1)
		go c.run(t, server, check.listener.Addr().String(), &ended)
	}
	time.Sleep(time.Second)
	count := map[string]int{}
	for range chaosFaults {
		count[inject(dice, containers, server, &under)]++
		time.Sleep(chaosPace)
	}
	under.Wait()
	server.SetFault(nil)
	calm := clock.Now()
	require.Eventually(t, func() bool { return check.last() > calm+chaosLease }, 4*chaosLease, 20*time.Millisecond, "after the faults one runs again and goes on")
	for _, c := range containers {
		c.mutex.Lock()
		c.stop = true
		c.warden.signal(syscall.SIGTERM)
		c.mutex.Unlock()
	}
	ended.Wait()
	judge(t, check.close(), containers, token, count)
}

// inject starts one fault; all of its choices come from the dice, so that a seed repeats them as far as time does.
func inject(dice *rand.Rand, containers []*container, server *dynamotest.Server, under *sync.WaitGroup) string {
	kind, which, length := dice.IntN(len(faults)+1), dice.IntN(2*len(containers)), dice.Float64()
	pause := time.Duration(length * length * float64(chaosLease) * 1.5) // more short ones than long ones
	requests := rand.New(rand.NewPCG(dice.Uint64(), 0))
	of := dice.IntN(len(tableFaults))
	if kind >= len(faults) {
		var mutex sync.Mutex
		until := time.Now().Add(pause)
		server.SetFault(func(string) dynamotest.Fault {
			mutex.Lock()
			defer mutex.Unlock()
			if time.Now().After(until) {
				return dynamotest.Fault{}
			}
			return tableFaults[of].one(requests.Float64())
		})
		return tableFaults[of].name
	}
	c := containers[which%len(containers)]
	if which >= len(containers) { // half of the time, whoever runs the child
		for _, other := range containers {
			if w := other.current(); w != nil && w.childPid() != 0 {
				c = other
			}
		}
	}
	for !c.claim() { // it is under a fault already
		which++
		c = containers[which%len(containers)]
		time.Sleep(10 * time.Millisecond)
	}
	w := c.current()
	under.Go(func() {
		faults[kind].do(c, w, pause)
		c.mutex.Lock()
		defer c.mutex.Unlock()
		c.busy = false
	})
	return faults[kind].name
}

// judge asserts that no two children ran at once, but for the moment after a whole container is resumed.
func judge(t *testing.T, lives []*life, containers []*container, token *tokens, count map[string]int) {
	resumes := map[string][]time.Duration{}
	for _, c := range containers {
		resumes[c.name] = c.resume
	}
	longest := time.Duration(0)
	for _, o := range overlaps(lives) {
		excused := false
		for _, at := range resumes[o.container] {
			// The resume is noted right after it; a beat may be a little earlier than the note.
			if after := o.beat - at; after > -20*time.Millisecond && after < resumeBound {
				excused = true
				longest = max(longest, after)
			}
		}
		assert.True(t, excused, "the child of token %d ran on beside that of %d: %+v", o.token, o.later, o)
	}
	distinct := map[int64]bool{}
	for _, l := range lives {
		distinct[l.token] = true
	}
	t.Logf("%d children under %d tokens, %d takes; longest run after a resume %s; faults %v", len(lives), len(distinct), token.takes, longest, count)
	assert.Empty(t, token.wrong, "tokens only grow")
	assert.GreaterOrEqual(t, len(distinct), 8, "the lease moved often enough for the test to mean something")
	assert.Empty(t, count[""], "each fault has a name")
}
