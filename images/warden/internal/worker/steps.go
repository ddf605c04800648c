package worker

import (
	"time"

	"botyard/warden/internal/clock"
)

// due tells whether a time has come, once.
func due(at *time.Duration, now time.Duration) bool {
	if *at == 0 || now < *at {
		return false
	}
	*at = 0
	return true
}

// nextStep is when the loop has to go round at the latest.
func (w *Worker) nextStep() time.Duration {
	next := clock.Now() + idleTick
	if w.machine != nil {
		next = min(next, w.machine.Next())
	}
	for _, at := range []time.Duration{w.termAt, w.killAt, w.restartAt, w.followAt, w.hostAt} {
		if at > 0 {
			next = min(next, at)
		}
	}
	if w.proc != nil && !w.probing && !w.set.Probe.None() {
		next = min(next, w.probeAt)
	}
	return next
}

// childDone is a channel that gives nothing while no child runs.
func (w *Worker) childDone() <-chan int {
	if w.proc == nil {
		return nil
	}
	return w.proc.Done()
}
