package lease

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// The model: two wardens with their inits and children, one item, and a network that delays, loses and reorders.
// A breadth-first search tries every order of events; time goes by in steps of one unit.

const (
	unit  = time.Second
	lease = 5 * unit
	call  = 2 * unit
)

type write struct {
	on      bool
	applied bool
	call    Call
	outcome Outcome
	view    View
}

type node struct {
	m        Machine
	deadline time.Duration // what init knows
	write    write         // the call under way
	ghost    write         // a write given up on that may still be applied
	runs     bool          // the child
	stopped  bool          // the child, by SIGSTOP
	paused   bool          // the worker, and not its child
	crashed  bool
	leaves   bool
}

type world struct {
	now    time.Duration
	item   View
	nodes  [2]node
	pauses int
	faults int
	losses int
}

func modelConfigs(change func(*Config)) [2]*Config {
	var all [2]*Config
	for i := range all {
		all[i] = &Config{
			Timing: Timing{
				Lease: lease, Renew: 2 * unit, Term: 3 * unit, Kill: 4 * unit, Deadline: lease - 1,
				Call: call, Pause: unit, Gap: unit / 2, Tick: unit, Poll: unit, Quick: unit, Yield: unit,
			},
			NewHolder: func(take int) string { return fmt.Sprintf("%d/%d", i, take) },
			Jitter:    func() float64 { return 1 },
			Unix:      func() int64 { return 1 },
		}
		change(all[i])
	}
	return all
}

// do carries out what a machine wants. A child that may start does so; one that gets SIGTERM takes no notice.
func (w *world) do(i int, acts []Action) {
	n := &w.nodes[i]
	for _, a := range acts {
		switch a.Kind {
		case Send:
			n.write = write{on: true, call: a.Call}
		case Launch:
			n.runs, n.stopped = true, false
		case Kill:
			w.childEnds(i)
		case Freeze:
			n.stopped = true
		case Thaw:
			n.stopped = false
		case Extend:
			n.deadline = a.At
		case Took:
			w.do(i, n.m.WantStart(w.now))
		}
	}
}

func (w *world) childEnds(i int) {
	n := &w.nodes[i]
	n.runs, n.stopped = false, false
	w.do(i, n.m.ChildEnded(w.now))
}

// apply is the table's side of a call.
func (w *world) apply(c Call, unchecked bool) (Outcome, View) {
	v := &w.item
	switch c.Kind {
	case Take:
		same := v.Holder == c.Expect.Holder && v.Token == c.Expect.Token && v.Beat == c.Expect.Beat
		if !same && (!unchecked || v.Holder == "") {
			return Conflict, View{}
		}
		*v = View{Holder: c.Holder, Token: c.Token, Beat: v.Beat + 1, Lease: lease}
	case Renew, Release:
		if v.Holder != c.Holder || v.Token != c.Token {
			return Conflict, View{}
		}
		v.Beat++
		v.Leaving = c.Leaving
		if c.Kind == Release {
			v.Holder, v.Leaving = "", false
		}
	}
	return Done, *v
}

func (w *world) crash(i int) {
	w.nodes[i].crashed, w.nodes[i].runs = true, false
}

// tick lets one unit of time go by: every process that is not paused does what is due.
func (w *world) tick() {
	w.now += unit
	for i := range w.nodes {
		n := &w.nodes[i]
		if n.crashed {
			continue
		}
		// Init first: in the real one a deadline off the grid passes between two units.
		if n.deadline > 0 && w.now > n.deadline {
			w.crash(i)
			continue
		}
		if n.paused {
			continue
		}
		if n.write.on && w.now-n.write.call.Sent >= call {
			c := n.write.call
			w.losses--
			if !n.write.applied && c.Kind != Read {
				n.ghost = n.write
			}
			n.write = write{}
			w.do(i, n.m.Answer(w.now, c.ID, Unknown, View{}))
		}
		w.do(i, n.m.Tick(w.now))
	}
}

// budget is how often the world may be unkind.
type budget struct{ pauses, faults, losses int }

type next struct {
	what  string
	world world
}

func (w world) nexts(cfg [2]*Config) []next {
	var all []next
	add := func(what string, change func(*world)) {
		c := w
		change(&c)
		all = append(all, next{what, c})
	}
	add("tick", func(c *world) { c.tick() })
	for i := range w.nodes {
		n := &w.nodes[i]
		name := func(what string) string { return fmt.Sprintf("%s %d", what, i) }
		if n.ghost.on {
			add(name("late write of"), func(c *world) {
				c.apply(c.nodes[i].ghost.call, cfg[i].takeUnchecked)
				c.nodes[i].ghost = write{}
			})
		}
		if n.write.on && n.write.call.Kind == Read && !n.crashed && !n.paused {
			// In one event: an answer on its way for long only shows an older item later, which delays a take.
			add(name("read of"), func(c *world) {
				id := c.nodes[i].write.call.ID
				c.nodes[i].write = write{}
				c.do(i, c.nodes[i].m.Answer(c.now, id, Done, c.item))
			})
		}
		if n.write.on && n.write.call.Kind != Read && !n.write.applied {
			add(name("applied for"), func(c *world) {
				x := &c.nodes[i].write
				x.applied = true
				x.outcome, x.view = c.apply(x.call, cfg[i].takeUnchecked)
			})
		}
		if n.crashed {
			continue
		}
		if n.write.on && n.write.applied && !n.paused {
			add(name("answer to"), func(c *world) {
				x := c.nodes[i].write
				c.nodes[i].write = write{}
				c.do(i, c.nodes[i].m.Answer(c.now, x.call.ID, x.outcome, x.view))
			})
		}
		if n.paused {
			add(name("resume"), func(c *world) {
				c.nodes[i].paused = false
				c.do(i, c.nodes[i].m.Tick(c.now))
			})
		} else if w.pauses > 0 {
			add(name("pause"), func(c *world) { c.pauses--; c.nodes[i].paused = true })
		}
		if w.faults > 0 {
			add(name("crash"), func(c *world) { c.faults--; c.crash(i) })
			if !n.paused && n.runs && !n.leaves {
				add(name("stop"), func(c *world) {
					c.faults--
					c.nodes[i].leaves = true
					c.do(i, c.nodes[i].m.Leave(c.now))
				})
			}
		}
		if n.leaves && !n.paused && n.m.phase != Gone && !n.m.releasing {
			add(name("child ends of"), func(c *world) {
				c.childEnds(i)
				c.do(i, c.nodes[i].m.Release(c.now))
			})
		}
	}
	return all
}

// key is the same for worlds that cannot differ from here on: what is not looked at any more is left out, and
// numbers that are only compared with each other count by their order.
func (w world) key(seed maphash.Seed) uint64 {
	beats := []int64{w.item.Beat}
	for i := range w.nodes {
		n := &w.nodes[i]
		if n.crashed {
			*n = node{crashed: true, ghost: n.ghost, write: n.write}
			n.write.on = n.write.on && !n.write.applied // nobody hears the answer
		}
		n.m.forget()
		for _, x := range []*write{&n.write, &n.ghost} {
			if !x.on {
				*x = write{}
			}
			x.call.ID = 0
			beats = append(beats, x.call.Expect.Beat, x.view.Beat)
		}
		beats = append(beats, n.m.view.Beat)
	}
	slices.Sort(beats)
	beats = slices.Compact(beats)
	rank := func(beat *int64) { *beat = int64(slices.Index(beats, *beat)) }
	rank(&w.item.Beat)
	for i := range w.nodes {
		n := &w.nodes[i]
		for _, beat := range []*int64{&n.m.view.Beat, &n.write.call.Expect.Beat, &n.write.view.Beat, &n.ghost.call.Expect.Beat, &n.ghost.view.Beat} {
			rank(beat)
		}
	}
	return maphash.Comparable(seed, w)
}

func (m *Machine) forget() {
	m.cfg, m.calls, m.call.ID = nil, 0, 0
	if !m.busy {
		m.call = Call{}
	}
	if !m.seen {
		m.view, m.viewAt = View{}, 0
	}
	if m.phase != Waiting {
		m.view, m.viewAt, m.readAt, m.seen = View{}, 0, 0, false
	} else {
		m.holder, m.token, m.since, m.renewAt, m.confirm, m.planned = "", 0, 0, 0, 0, 0
	}
	m.call.Expect.Beat = 0 // the write beside it has it
}

// search returns the events that lead to two children, or none, and how many worlds it has seen.
func search(cfg [2]*Config, horizon time.Duration, budget budget, most int) (path []string, seen int) {
	type step struct {
		parent int
		what   string
	}
	type open struct {
		at int
		world
	}
	first := world{now: unit, pauses: budget.pauses, faults: budget.faults, losses: budget.losses}
	for i := range first.nodes {
		first.nodes[i].m = New(cfg[i])
		first.do(i, first.nodes[i].m.Tick(first.now))
	}
	seed := maphash.MakeSeed()
	visited := map[uint64]bool{first.key(seed): true}
	steps := []step{{parent: -1}}
	layer := []open{{0, first}}
	for len(layer) > 0 && len(steps) < most {
		var below []open
		for _, w := range layer {
			for _, n := range w.nexts(cfg) {
				key := n.world.key(seed)
				if n.world.now > horizon || n.world.losses < 0 || visited[key] {
					continue
				}
				visited[key] = true
				steps = append(steps, step{w.at, n.what})
				if n.world.nodes[0].runs && n.world.nodes[1].runs {
					for s := len(steps) - 1; s > 0; s = steps[s].parent {
						path = append(path, steps[s].what)
					}
					slices.Reverse(path)
					return path, len(steps)
				}
				below = append(below, open{len(steps) - 1, n.world})
			}
		}
		layer = below
	}
	return nil, len(steps)
}

// TestNoOrderOfEventsRunsTwo tries every order within each budget up to its horizon. A lease is 5 units here, so the
// horizons hold a take, a fault, the lease running out and a takeover.
func TestNoOrderOfEventsRunsTwo(t *testing.T) {
	for _, c := range []struct {
		budget
		horizon time.Duration
	}{
		{budget{pauses: 1}, 10 * unit},
		{budget{faults: 1}, 11 * unit},
		{budget{losses: 3}, 6 * unit},
		{budget{pauses: 1, losses: 1}, 6 * unit},
		{budget{pauses: 1, faults: 1}, 6 * unit},
	} {
		const most = 2_000_000
		path, seen := search(modelConfigs(func(*Config) {}), min(c.horizon, longest), c.budget, most)
		assert.Empty(t, path, "%+v", c)
		assert.Less(t, seen, most, "the search ended by itself")
		t.Logf("%+v: %d worlds", c, seen)
	}
}

// TestTheModelFindsBrokenRules shows that the search can fail.
func TestTheModelFindsBrokenRules(t *testing.T) {
	for name, broken := range map[string]func(*Config){
		"the lease counts from the acknowledgement":   func(c *Config) { c.countFromAck = true },
		"a takeover does not depend on what was read": func(c *Config) { c.takeUnchecked = true },
	} {
		path, _ := search(modelConfigs(broken), 11*unit, budget{pauses: 1, losses: 1}, 600_000)
		assert.NotEmpty(t, path, name)
		t.Logf("%s: %s", name, strings.Join(path, ", "))
	}
}
