// Package step runs the steps of a long set-up side by side, in the order of what they need, and shows what each does
// and how long it has run.
package step

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"
)

// Step is one piece of work.
type Step struct {
	Name  string   // unique; its log is <name>.log
	Title string   // what it does, as the reader sees it
	Needs []string // names of steps that must have ended well before it starts
	Class string   // steps of one class share a limit; empty is unlimited
	Run   func(ctx context.Context, task *Task) error
}

// Timing is how long a step took.
type Timing struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
	Result  string  `json:"result"` // "made", "kept", or "failed"
}

// Runner runs steps.
type Runner struct {
	Logs   string         // folder of the log files
	Limits map[string]int // how many steps of a class may run at once
	Show   Display
	// KeepGoing runs what does not need a failed step to its end, and returns all failures.
	KeepGoing bool
}

type ended struct {
	index int
	task  *Task
	err   error
}

// Run runs all steps and returns their timings in the order in which they ended. Among those that could start, the
// first listed starts first. After a failure nothing more starts, what runs is stopped and waited for, and the first
// failure is returned with the end of its log.
func (r Runner) Run(ctx context.Context, steps []Step) ([]Timing, error) {
	if err := check(steps); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(r.Logs, 0o755); err != nil {
		return nil, fmt.Errorf("cannot make the folder of logs: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stopShow := r.Show.begin()
	defer stopShow()

	var timings []Timing
	var failures []error
	done, running, started := map[string]bool{}, map[string]int{}, map[int]bool{}
	results := make(chan ended)
	alive := 0
	for {
		for i, s := range steps {
			if len(failures) > 0 && !r.KeepGoing || ctx.Err() != nil || started[i] || !ready(s, done) || r.full(s, running) {
				continue
			}
			started[i] = true
			running[s.Class]++
			alive++
			go r.one(ctx, i, s, results)
		}
		if alive == 0 {
			break
		}
		end := <-results
		alive--
		s := steps[end.index]
		running[s.Class]--
		done[s.Name] = end.err == nil
		timings = append(timings, end.task.timing(end.err))
		switch {
		case end.err == nil:
		case r.KeepGoing:
			failures = append(failures, fmt.Errorf("%s: %w", s.Title, end.err))
		case len(failures) == 0: // what follows is its consequence
			failures = append(failures, fmt.Errorf("%s: %w", s.Title, end.err))
			cancel()
		}
	}
	if len(failures) == 0 {
		return timings, context.Cause(ctx)
	}
	return timings, errors.Join(failures...)
}

func (r Runner) one(ctx context.Context, index int, s Step, results chan<- ended) {
	task, err := newTask(s, r.Logs)
	if err == nil {
		r.Show.started(task)
		err = s.Run(ctx, task)
		task.finish(err)
		if err != nil && ctx.Err() == nil {
			err = &Failure{Err: err, Log: task.logPath, Tail: task.tail()}
		}
		r.Show.ended(task, err)
	}
	results <- ended{index: index, task: task, err: err}
}

func (r Runner) full(s Step, running map[string]int) bool {
	limit, limited := r.Limits[s.Class]
	return limited && running[s.Class] >= limit
}

func ready(s Step, done map[string]bool) bool {
	return !slices.ContainsFunc(s.Needs, func(need string) bool { return !done[need] })
}

// check refuses a list in which a step could never start: a need must be listed earlier.
func check(steps []Step) error {
	seen := map[string]bool{}
	for _, s := range steps {
		if seen[s.Name] {
			return fmt.Errorf("two steps are named %q", s.Name)
		}
		for _, need := range s.Needs {
			if !seen[need] {
				return fmt.Errorf("step %q needs %q, which is not listed before it", s.Name, need)
			}
		}
		seen[s.Name] = true
	}
	return nil
}

// Seconds rounds a duration to a tenth of a second, as files and tables show it.
func Seconds(d time.Duration) float64 {
	return d.Round(100 * time.Millisecond).Seconds()
}
