package entry_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"botyard/warden/internal/clock"
	"botyard/warden/internal/dynamotest"
)

// moment is a stretch of time since boot.
type moment struct{ from, to time.Duration }

// container is a place where a warden always runs: one that ends is started again, as ECS would.
type container struct {
	name    string
	mutex   sync.Mutex
	warden  *warden
	busy    bool // a fault is under way
	resumed []moment
	stop    bool
}

func (c *container) run(s *service) {
	defer s.ended.Done()
	for {
		w := start(s.t, s.server, leased(strconv.Itoa(int(chaosLease.Milliseconds())), startsVariable+"=100000", "WARDEN_STOP_SECONDS=1"),
			self(s.t), "test-child", "beat", s.check.listener.Addr().String(), c.name)
		c.mutex.Lock()
		c.warden = w
		if c.stop {
			w.signal(syscall.SIGTERM)
		}
		c.mutex.Unlock()
		<-w.ended
		c.mutex.Lock()
		stop := c.stop
		c.mutex.Unlock()
		if stop {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// end makes the container's warden the last one.
func (c *container) end() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.stop = true
	c.warden.signal(syscall.SIGTERM)
}

// claim marks a container as under a fault and returns its warden, nil if it is under one or has no warden.
func (c *container) claim() *warden {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.busy || c.warden == nil {
		return nil
	}
	c.busy = true
	return c.warden
}

func (c *container) free() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.busy = false
}

func (c *container) look() (w *warden, busy bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.warden, c.busy
}

// service is three containers and their table, and what is known of them.
type service struct {
	t          testing.TB
	number     uint64
	dice       *rand.Rand
	server     *dynamotest.Server
	check      *checker
	tokens     *tokens
	containers []*container
	ended      sync.WaitGroup
	calm       time.Duration // when the last fault was over

	under sync.WaitGroup // the faults under way
	table sync.Mutex     // held by the fault of the table that is under way
	mutex sync.Mutex
	count map[string]int // the faults that have met something
	aimed int            // those at the holder
}

func newService(t testing.TB, seed, number uint64) *service {
	s := &service{
		t: t, number: number, dice: rand.New(rand.NewPCG(seed, number)), server: table(t), check: newChecker(t), tokens: &tokens{},
		containers: []*container{{name: "a"}, {name: "b"}, {name: "c"}}, count: map[string]int{},
	}
	s.server.OnWrite(s.tokens.wrote)
	for _, c := range s.containers {
		s.ended.Add(1)
		go c.run(s)
	}
	return s
}

func (s *service) met(fault string, holder bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.count[fault]++
	if holder {
		s.aimed++
	}
}

func (s *service) injected() int {
	total := 0
	for _, n := range s.count {
		total += n
	}
	return total
}

// holder is the container whose child runs under the highest token, nil when no child runs.
func (s *service) holder() *container {
	var found *container
	highest := 0.0
	for _, c := range s.containers {
		w, _ := c.look()
		if w == nil || w.childPid() == 0 {
			continue
		}
		started := w.out.events("started")
		if token := started[len(started)-1]["token"].(float64); token > highest {
			found, highest = c, token
		}
	}
	return found
}

// recover lets the wardens come to rest, so that the next fault meets a holder; now and then it gives them no time.
func (s *service) recover() {
	hurry, more := s.dice.Float64() < 0.2, time.Duration(s.dice.Float64()*float64(chaosLease/5))
	for until := clock.Now() + 2*chaosLease; !hurry && clock.Now() < until; time.Sleep(10 * time.Millisecond) {
		if c := s.holder(); c != nil {
			if _, busy := c.look(); !busy {
				break
			}
		}
	}
	time.Sleep(more) // so that the next one comes at any point between two renewals
}

// tokens checks each write: the token never falls, and rises with each new holder.
type tokens struct {
	mutex     sync.Mutex
	wrong     []string
	takes     int
	failovers int
}

func (k *tokens) wrote(before, after map[string]dynamotest.Value) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	number := func(v dynamotest.Value) int { text, _ := v["N"].(string); n, _ := strconv.Atoi(text); return n }
	old, now := number(before["token"]), number(after["token"])
	taken := after["holder"] != nil && (before["holder"] == nil || before["holder"]["S"] != after["holder"]["S"])
	if taken {
		k.takes++
		if before["holder"] != nil {
			k.failovers++
		}
	}
	if now < old || taken && now <= old {
		k.wrong = append(k.wrong, fmt.Sprintf("from %v to %v", before, after))
	}
}
