package copies

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

var (
	wardenArgs = []string{"/warden", "python", "-m", "bot"}
	botArgs    = []string{"python", "-m", "bot"}
	probeArgs  = []string{"python", "-m", "bot.health"}
)

// holder is a container that runs the service: init 10, worker 11, program 12, its helper 13, and a probe 14.
func holder() Container {
	return Container{ID: "a", Probe: probeArgs, Processes: []Process{
		{Pid: 20, Parent: 1, Start: 400, Args: []string{"/warden", "--healthy"}}, // docker exec: below no process of the container
		{Pid: 10, Parent: 1, Start: 100, Args: wardenArgs},
		{Pid: 11, Parent: 10, Start: 101, Args: wardenArgs},
		{Pid: 14, Parent: 11, Start: 300, Args: probeArgs},
		{Pid: 15, Parent: 14, Start: 301, Args: []string{"sh"}},
		{Pid: 12, Parent: 11, Start: 200, Args: botArgs},
		{Pid: 13, Parent: 12, Start: 210, Args: []string{"helper"}},
	}}
}

// without is a container without some of its processes; those left below them become init's children, as in the kernel.
func without(c Container, pids ...int) Container {
	kept := []Process{}
	gone := map[int]bool{}
	for _, pid := range pids {
		gone[pid] = true
	}
	for _, p := range c.Processes {
		if gone[p.Pid] {
			continue
		}
		if gone[p.Parent] {
			p.Parent = 10
		}
		kept = append(kept, p)
	}
	c.Processes = kept
	return c
}

func TestWhatIsACopy(t *testing.T) {
	change := func(pid int, how func(*Process)) Container {
		c := holder()
		for i := range c.Processes {
			if c.Processes[i].Pid == pid {
				how(&c.Processes[i])
			}
		}
		return c
	}
	frozen := holder()
	frozen.Frozen = true
	for name, c := range map[string]struct {
		container Container
		copy      int
	}{
		"the program":                         {holder(), 12},
		"waiting for the lease":               {without(holder(), 12, 13, 14, 15), 0},
		"paused":                              {frozen, 0},
		"the probe alone is none":             {without(holder(), 12, 13), 0},
		"what the program leaves behind":      {without(holder(), 12, 14, 15), 13},
		"what outlives the worker":            {without(holder(), 11, 13, 14, 15), 12},
		"stopped by SIGSTOP":                  {change(12, func(p *Process) { p.Stopped = true }), 13},
		"a zombie":                            {without(change(12, func(p *Process) { p.Ended = true }), 13), 0},
		"on its way to become the program":    {without(change(12, func(p *Process) { p.Args = wardenArgs }), 13), 0},
		"gone, its command line with it":      {without(change(12, func(p *Process) { p.Args = nil }), 13), 0},
		"an empty container":                  {Container{ID: "a"}, 0},
		"only the health check of the engine": {without(holder(), 10, 11, 12, 13, 14, 15), 0},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.copy, c.container.Copy()) })
	}
	assert.Equal(t, 11, holder().Worker())
	assert.Zero(t, without(holder(), 11).Worker())
}

func TestRunningNamesTheContainersWithACopy(t *testing.T) {
	waiting := without(holder(), 12, 13, 14, 15)
	waiting.ID = "b"
	second := holder()
	second.ID = "c"
	assert.Equal(t, []string{"a", "c"}, Running([]Container{holder(), waiting, second}))
	assert.Empty(t, Running([]Container{waiting}))
}
