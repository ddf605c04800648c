// Package copies sees which copies of a service run on this machine, by the kernel alone: asking Docker takes far longer
// than the moments that matter.
package copies

import "slices"

// Process is one process of a container.
type Process struct {
	Pid, Parent int
	Start       uint64   // clock ticks since boot
	Ended       bool     // a zombie: it runs no more, its parent has yet to notice
	Stopped     bool     // by SIGSTOP, as the warden does to a program that it must be sure of
	Args        []string // its command line; empty while it ends
}

// Container is a container of the service.
type Container struct {
	ID        string
	Frozen    bool     // docker pause: none of its processes runs
	Probe     []string // command line of the service's probe, which is no copy; empty without one
	Processes []Process
}

// Copy is the process that makes the container a running copy of the service, 0 if it is none: the oldest running
// process below init, the container's first process, that is neither the warden nor the probe. It need not be the
// worker's child: what outlives a killed worker is init's child, and a copy all the same. What is frozen or stopped can
// do nothing, so it is no running copy.
func (c Container) Copy() int {
	if c.Frozen {
		return 0
	}
	found := Process{}
	c.walk(func(p Process, warden bool) {
		if !warden && !p.Stopped && (found.Pid == 0 || p.Start < found.Start) {
			found = p
		}
	})
	return found.Pid
}

// Worker is the warden's worker: the warden that init has started. 0 if there is none.
func (c Container) Worker() int {
	init := c.init()
	worker := 0
	c.walk(func(p Process, warden bool) {
		if warden && p.Parent == init.Pid {
			worker = p.Pid
		}
	})
	return worker
}

// walk visits the running processes below init, without the probe and what it has started.
func (c Container) walk(visit func(p Process, warden bool)) {
	init := c.init()
	if init.Pid == 0 {
		return
	}
	for queue := []int{init.Pid}; len(queue) > 0; queue = queue[1:] {
		for _, p := range c.Processes {
			if p.Parent != queue[0] || p.Ended || len(p.Args) == 0 || c.isProbe(p) {
				continue
			}
			// A child of the warden's that has not become the program yet still shows the warden's own command line.
			visit(p, p.Args[0] == init.Args[0])
			queue = append(queue, p.Pid)
		}
	}
}

// init is the container's first process: the oldest of those whose parent is outside.
func (c Container) init() Process {
	inside := map[int]bool{}
	for _, p := range c.Processes {
		inside[p.Pid] = true
	}
	first := Process{}
	for _, p := range c.Processes {
		if !inside[p.Parent] && !p.Ended && len(p.Args) > 0 && (first.Pid == 0 || p.Start < first.Start) {
			first = p
		}
	}
	return first
}

func (c Container) isProbe(p Process) bool { return len(c.Probe) > 0 && slices.Equal(p.Args, c.Probe) }

// Running are the containers in which a copy runs.
func Running(containers []Container) []string {
	var ids []string
	for _, c := range containers {
		if c.Copy() != 0 {
			ids = append(ids, c.ID)
		}
	}
	return ids
}
