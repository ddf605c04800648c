package entry_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"
	"time"

	"botyard/warden/internal/clock"
	"botyard/warden/internal/dynamotest"
)

// faults are what can happen to a container. Each tells whether it has met anything; what it returns besides ends it.
var faults = []struct {
	name  string
	child bool // it needs a child
	do    func(c *container, w *warden, pause time.Duration) (met bool, rest func())
}{
	{"SIGKILL of the child", true, func(_ *container, w *warden, _ time.Duration) (bool, func()) {
		return kill(w.childPid(), syscall.SIGKILL), nil
	}},
	{"SIGKILL of the worker", false, func(_ *container, w *warden, _ time.Duration) (bool, func()) {
		return kill(w.worker(), syscall.SIGKILL), nil
	}},
	{"SIGKILL of the container", false, func(_ *container, w *warden, _ time.Duration) (bool, func()) {
		met := len(w.everyone()) > 0
		w.killAll()
		return met, nil
	}},
	{"SIGTERM", false, func(_ *container, w *warden, _ time.Duration) (bool, func()) {
		return w.cmd.Process.Signal(syscall.SIGTERM) == nil, nil
	}},
	{"pause of the worker", false, func(_ *container, w *warden, d time.Duration) (bool, func()) {
		pid := w.worker()
		return kill(pid, syscall.SIGSTOP), func() { time.Sleep(d); kill(pid, syscall.SIGCONT) }
	}},
	{"hang of the worker", false, func(_ *container, w *warden, d time.Duration) (bool, func()) {
		pid := w.worker() // over its lease: only init can end its child in time
		return kill(pid, syscall.SIGSTOP), func() { time.Sleep(chaosLease + d/4); kill(pid, syscall.SIGCONT) }
	}},
	{"pause of init", false, func(_ *container, w *warden, d time.Duration) (bool, func()) {
		return w.cmd.Process.Signal(syscall.SIGSTOP) == nil, func() { time.Sleep(d); w.signal(syscall.SIGCONT) }
	}},
	{"pause of the container", false, pauseContainer},
}

func kill(pid int, sig syscall.Signal) bool {
	return pid > 0 && syscall.Kill(pid, sig) == nil
}

// pauseContainer stops all processes, parents first and until no new one is found: a child that was being started
// meanwhile would be left running alone, which no pausing of a container does.
func pauseContainer(c *container, w *warden, d time.Duration) (bool, func()) {
	var stopped []int
	for found := true; found; {
		found = false
		for _, pid := range w.everyone() {
			if !slices.Contains(stopped, pid) && kill(pid, syscall.SIGSTOP) {
				stopped, found = append(stopped, pid), true
			}
		}
	}
	return len(stopped) > 0, func() {
		time.Sleep(d)
		from := clock.Now()
		for _, pid := range stopped {
			kill(pid, syscall.SIGCONT)
		}
		c.mutex.Lock()
		defer c.mutex.Unlock()
		c.resumed = append(c.resumed, moment{from, clock.Now()})
	}
}

// tableFaults are what can happen to the table. dice are those of one request.
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

// suffer injects so many faults. All choices come from the dice, so that a seed repeats them as far as time does.
func (s *service) suffer(faults int) {
	for range faults {
		s.recover()
		s.inject()
	}
	s.under.Wait()
	s.server.SetFault(nil)
	s.calm = clock.Now()
}

// inject starts one fault: three of four are short against the lease, the others about as long as it.
func (s *service) inject() {
	kind, which, atHolder := s.dice.IntN(len(faults)+1), s.dice.IntN(len(s.containers)), s.dice.Float64() < 0.75
	pause := time.Duration(s.dice.Float64() * float64(chaosLease) / 4)
	if s.dice.IntN(4) == 0 {
		pause = chaosLease*9/10 + 2*pause
	}
	of, requests := s.dice.IntN(len(tableFaults)), rand.New(rand.NewPCG(s.dice.Uint64(), 0))
	if kind == len(faults) {
		s.disturbTable(of, requests, pause)
		return
	}
	// Whatever it is to meet may end just now, or not be there yet.
	for until := clock.Now() + 10*time.Second; clock.Now() < until; time.Sleep(10 * time.Millisecond) {
		c, holder := s.containers[which], s.holder()
		if faults[kind].child || atHolder && holder != nil {
			c = holder
		}
		if c != nil && s.strike(c, kind, pause, c == holder) {
			return
		}
		atHolder = false
		which = (which + 1) % len(s.containers)
	}
}

// strike starts a fault at a container and tells whether it has met anything.
func (s *service) strike(c *container, kind int, pause time.Duration, holder bool) bool {
	w := c.claim()
	if w == nil {
		return false
	}
	met, rest := faults[kind].do(c, w, pause)
	if !met || rest == nil {
		c.free()
	}
	if !met {
		return false
	}
	s.met(faults[kind].name, holder)
	if rest != nil {
		s.under.Go(func() {
			rest()
			c.free()
		})
	}
	return true
}

// disturbTable starts a fault of the table. It is over when its time is and a request has felt it.
func (s *service) disturbTable(of int, requests *rand.Rand, length time.Duration) {
	s.table.Lock()
	var mutex sync.Mutex
	felt := make(chan struct{})
	once := sync.OnceFunc(func() { close(felt) })
	s.server.SetFault(func(string) dynamotest.Fault {
		mutex.Lock()
		defer mutex.Unlock()
		fault := tableFaults[of].one(requests.Float64())
		if fault != (dynamotest.Fault{}) {
			once()
		}
		return fault
	})
	s.under.Go(func() {
		defer s.table.Unlock()
		time.Sleep(length)
		select {
		case <-felt:
			s.met(tableFaults[of].name, false)
		case <-time.After(10 * time.Second): // then the count says so
		}
		s.server.SetFault(nil)
	})
}
