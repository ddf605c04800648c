package lease

import (
	"hash/maphash"
	"slices"
	"time"
)

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
