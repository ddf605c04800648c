package lease

import (
	"fmt"
	"time"
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
