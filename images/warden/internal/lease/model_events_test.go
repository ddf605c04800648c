package lease

import "fmt"

// budget is how often the world may be unkind.
type budget struct{ pauses, faults, losses int }

type next struct {
	what  string
	world world
}

// nexts are the worlds that one event leads to.
func (w world) nexts(cfg [2]*Config) []next {
	var all []next
	add := func(what string, change func(*world)) {
		c := w
		change(&c)
		all = append(all, next{what, c})
	}
	add("tick", func(c *world) { c.tick() })
	for i := range w.nodes {
		named := func(what string, change func(*world)) { add(fmt.Sprintf("%s %d", what, i), change) }
		w.network(i, cfg[i], named)
		if !w.nodes[i].crashed {
			w.processes(i, named)
		}
	}
	return all
}

// network is what can happen to a node's calls: the table carries them out, and the answer arrives, each at any time.
func (w *world) network(i int, cfg *Config, add func(string, func(*world))) {
	n := &w.nodes[i]
	if n.ghost.on {
		add("late write of", func(c *world) {
			c.apply(c.nodes[i].ghost.call, cfg.takeUnchecked)
			c.nodes[i].ghost = write{}
		})
	}
	if n.write.on && n.write.call.Kind == Read && !n.crashed && !n.paused {
		// In one event: an answer on its way for long only shows an older item later, which delays a take.
		add("read of", func(c *world) {
			id := c.nodes[i].write.call.ID
			c.nodes[i].write = write{}
			c.do(i, c.nodes[i].m.Answer(c.now, id, Done, c.item))
		})
	}
	if n.write.on && n.write.call.Kind != Read && !n.write.applied {
		add("applied for", func(c *world) {
			x := &c.nodes[i].write
			x.applied = true
			x.outcome, x.view = c.apply(x.call, cfg.takeUnchecked)
		})
	}
	if n.write.on && n.write.applied && !n.crashed && !n.paused {
		add("answer to", func(c *world) {
			x := c.nodes[i].write
			c.nodes[i].write = write{}
			c.do(i, c.nodes[i].m.Answer(c.now, x.call.ID, x.outcome, x.view))
		})
	}
}

// processes is what can happen to a node that has not crashed.
func (w *world) processes(i int, add func(string, func(*world))) {
	n := &w.nodes[i]
	if n.paused {
		add("resume", func(c *world) {
			c.nodes[i].paused = false
			c.do(i, c.nodes[i].m.Tick(c.now))
		})
	} else if w.pauses > 0 {
		add("pause", func(c *world) { c.pauses--; c.nodes[i].paused = true })
	}
	if w.faults > 0 {
		add("crash", func(c *world) { c.faults--; c.crash(i) })
		if !n.paused && n.runs && !n.leaves {
			add("stop", func(c *world) {
				c.faults--
				c.nodes[i].leaves = true
				c.do(i, c.nodes[i].m.Leave(c.now))
			})
		}
	}
	if n.leaves && !n.paused && n.m.phase != Gone && !n.m.releasing {
		add("child ends of", func(c *world) {
			c.childEnds(i)
			c.do(i, c.nodes[i].m.Release(c.now))
		})
	}
}
