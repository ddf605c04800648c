package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"botyard/toolchain/internal/drill"
	"botyard/toolchain/internal/outputs"
)

// settled is how much longer than a lease is watched after each fault: what a fault breaks may show only when a lease
// has run out.
const settled = 5 * time.Second

// blind is a pause between two samples that is worth a word: an overlap within it would not be seen.
const blind = 200 * time.Millisecond

// Bot is the service as its users see it.
type Bot interface {
	Ask(context.Context) error
	Begin(context.Context) (end func() []drill.Probe)
}

// Drill is how a service is drilled.
type Drill struct {
	Target
	Stack       string
	AlarmPrefix string // of the names of the stack's alarms
	Gateway     string // the emulator's address; empty on AWS
	Alarms      Alarms
	Bot         Bot
	Docker      *Docker // nil on AWS
	Watch       Watch
	Progress    io.Writer
	Row         func(drill.Result) // called with each fault's result as it comes
}

// Run does the faults, each so many times. What it has measured comes back also with an error: of a service that did not
// come back, which ends the drill, or of copies that overlapped, which does not.
func (d *Drill) Run(ctx context.Context, faults []string, repeat int) (drill.Report, error) {
	report := drill.Report{Stack: d.Stack, Service: d.Name, Faults: []drill.Result{}, Date: time.Now().UTC().Format(time.RFC3339)}
	told, err := d.settings(ctx)
	if err != nil {
		return report, err
	}
	report.LeaseSeconds = int(told.lease / time.Second)
	if err := d.affordable(ctx, told, faults, repeat); err != nil {
		return report, err
	}
	if err := d.Sweep(ctx); err != nil {
		return report, err
	}
	var overlaps []error
	for _, fault := range faults {
		var outcomes []drill.Outcome
		for i := range repeat {
			fmt.Fprintf(d.Progress, "… %s, %d of %d\n", fault, i+1, repeat)
			outcome, err := d.once(ctx, fault, told.lease)
			if outcome.Overlap > 0 {
				overlaps = append(overlaps, d.overlapped(fault, outcome.Overlap))
			}
			if err != nil {
				return report, errors.Join(append(overlaps, err)...)
			}
			outcomes = append(outcomes, outcome)
		}
		result := drill.Sum(fault, outcomes)
		report.Faults = append(report.Faults, result)
		d.Row(result)
	}
	return report, errors.Join(overlaps...)
}

// once does one fault once, from a steady service to a steady service. An overlap comes back also with an error.
func (d *Drill) once(ctx context.Context, fault string, lease time.Duration) (o drill.Outcome, err error) {
	before, err := d.steady(ctx)
	if err != nil {
		return o, d.explain(err, "was not fit for "+fault)
	}
	endWatch, err := d.Watch(ctx)
	if err != nil {
		return o, err
	}
	endProbes := d.Bot.Begin(ctx)
	s := &scene{Drill: d, task: before.lease.task, lease: lease}
	after, err := d.through(ctx, s, fault)
	end := time.Now()
	probes := endProbes()
	var gap time.Duration
	var watched error
	o.Overlap, gap, watched = endWatch()
	if err != nil || watched != nil {
		return o, errors.Join(d.explain(err, "did not come back after "+fault), watched)
	}
	if gap > blind {
		fmt.Fprintf(d.Progress, "  the watcher of processes could not look for %s at a time: this machine is too busy for a sharp answer\n", gap.Round(time.Millisecond))
	}
	outage, answered := drill.Outage(s.at, end, probes)
	if !answered {
		return o, d.explain(fmt.Errorf("%w: no request of the prober was answered", errNotSteady), "did not come back after "+fault)
	}
	o.Outage, o.TokenBefore, o.TokenAfter = outage, before.lease.token, after.lease.token
	o.Holder = drill.HolderAfter(before.lease.task, after.lease.task, before.waiting)
	o.Alarms, err = d.alarms(ctx, s.at, end)
	return o, err
}

// through makes the fault happen and waits until the service is steady again.
func (d *Drill) through(ctx context.Context, s *scene, fault string) (state, error) {
	if err := s.happen(ctx, fault); err != nil {
		return state{}, err
	}
	if err := sleep(ctx, time.Until(s.at.Add(s.lease+settled))); err != nil {
		return state{}, err
	}
	return d.steady(ctx)
}

// explain says where to look when a service is not steady.
func (d *Drill) explain(err error, what string) error {
	if !errors.Is(err, errNotSteady) {
		return err
	}
	return fmt.Errorf("%s %s: %w. Look at: make status%s; make logs SERVICE=%s%s SINCE=10m FOLLOW=; the events and stopped tasks of its ECS services",
		d.Name, what, err, d.stack(), d.Name, d.stack())
}

func (d *Drill) overlapped(fault string, overlap time.Duration) error {
	return fmt.Errorf("%s: two copies of %s ran at once for %.3f s, which must never be. Look at the wardens' lines of both tasks: make logs SERVICE=%s%s SINCE=10m FOLLOW=",
		fault, d.Name, overlap.Seconds(), d.Name, d.stack())
}

// stack is the word that a make target needs for a stack other than local.
func (d *Drill) stack() string {
	return outputs.StackWord(d.Stack)
}
