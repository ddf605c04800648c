package worker

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"botyard/warden/internal/clock"
	"botyard/warden/internal/events"
	"botyard/warden/internal/health"
	"botyard/warden/internal/lease"
	"botyard/warden/internal/probe"
)

// The longest times between two probes before the first one holds. A start that went well is to be known soon: a rollout
// waits for it, and a load balancer. Later a child has fewer looks left, and gets more time between them.
const (
	startInterval = 500 * time.Millisecond // while it may still be starting
	lateInterval  = 2 * time.Second
)

type probeResult struct {
	run int
	err error
}

// probe starts a probe if one is due, and writes the heartbeat.
func (w *Worker) probe(now time.Duration) {
	if w.proc == nil {
		return
	}
	w.checkAlive(now)
	if w.healthy && now >= w.heartbeatAt {
		w.heartbeatAt = now + heartbeatEvery
		w.log.Info("the service works", "event", events.Heartbeat, "task", w.task.ARN)
	}
	if w.set.Probe.None() || w.probing || now < w.probeAt || w.cause != byItself {
		return
	}
	w.probing = true
	run, environ := w.run, w.environ
	go func() {
		w.probes <- probeResult{run, w.set.Probe.Run(context.Background(), environ, w.set.ProbeTimeout)}
	}()
}

// checkAlive counts a child without a probe as having been healthy once it has lived for long enough.
func (w *Worker) checkAlive(now time.Duration) {
	if w.set.Probe.None() && w.proc != nil && now-w.startedAt >= aliveFor {
		w.everHealthy, w.good = true, true
	}
}

func (w *Worker) probed(r probeResult) {
	if r.run != w.run || w.proc == nil {
		return
	}
	now := clock.Now()
	w.probing = false
	w.probeAt = now + w.untilNextProbe(now)
	switch {
	case w.cause != byItself: // it is being ended, so it says nothing
	case r.err == nil:
		w.failures, w.unwell = 0, ""
		w.everHealthy, w.good = true, true
		w.becomeHealthy(now)
	case w.starting(now): // no failure yet
	default:
		w.probeFailed(r.err, now)
	}
}

// starting tells whether the child may still be on its way to its first probe that holds.
func (w *Worker) starting(now time.Duration) bool {
	return !w.wasHealthy && now-w.startedAt < w.set.ProbeStart
}

func (w *Worker) untilNextProbe(now time.Duration) time.Duration {
	switch {
	case w.wasHealthy:
		return w.set.ProbeInterval
	case w.starting(now):
		return min(w.set.ProbeInterval, startInterval)
	default:
		return min(w.set.ProbeInterval, lateInterval)
	}
}

func (w *Worker) becomeHealthy(now time.Duration) {
	if !w.wasHealthy {
		w.wasHealthy, w.healthySince = true, now
		w.probeAt = now + w.set.ProbeInterval
	}
	if w.healthy {
		return
	}
	w.healthy = true
	w.log.Info("the probe holds", "event", events.Healthy, "seconds", (now - w.startedAt).Seconds(), "task", w.task.ARN)
	w.poke(now)
}

func (w *Worker) probeFailed(err error, now time.Duration) {
	w.failures++
	if w.failures == 1 {
		w.unwellSince, w.unwell = now, ""
	}
	if w.healthy {
		w.healthy = false
		w.poke(now)
	}
	if w.failures < w.set.ProbeRetries || w.bear(err, now) {
		return
	}
	w.log.Error(fmt.Sprintf("the probe failed %d times in a row: the child is stopped", w.failures), "event", events.Unhealthy, "error", err.Error(), "task", w.task.ARN)
	w.gaveUp, w.cause = true, byProbe
	w.termAt, w.termWith = now, syscall.SIGTERM
	w.killAt = now + unhealthyGrace
}

// bear tells that the child is left alone: it has worked before, and says itself that a restart would not help. A new
// revision gets no patience, since a deployment has to see that it does not work.
func (w *Worker) bear(err error, now time.Duration) bool {
	why := "the service asks for patience"
	switch {
	case w.watching():
		why = "its source is watched, so that it is left alone"
	case !w.everHealthy || now-w.unwellSince >= probe.Patience(err):
		return false
	}
	if w.unwell == "" || now >= w.unwellAt {
		w.unwellAt = now + unwellEvery
		w.log.Warn(fmt.Sprintf("the probe failed %d times in a row, and %s", w.failures, why), "event", events.Unwell, "error", err.Error(), "task", w.task.ARN)
	}
	w.unwell = err.Error()
	return true
}

func (w *Worker) poke(now time.Duration) {
	if w.machine != nil {
		w.do(w.machine.Poke(now))
	}
}

// state is what the health check gets to know.
func (w *Worker) state() health.State {
	switch {
	case w.watching(): // while it is developed nothing may replace it
		return health.State{Healthy: true, Why: "the service runs from a source that is watched"}
	case w.braked:
		return health.State{Why: "stopped for good: too many starts in 24 h; deploy a new revision"}
	case w.gaveUp:
		return health.State{Why: fmt.Sprintf("the probe failed %d times in a row", w.failures)}
	case w.proc != nil && w.healthy:
		return health.State{Healthy: true, Why: "the service works"}
	case w.machine == nil && !w.everHealthy:
		// ECS calls a deployment complete once this is healthy. A singleton says so while it waits already, since ECS would
		// replace a copy that is about to take over; its rollout asks the lease's item instead.
		return health.State{Why: "the service has yet to work for the first time"}
	case w.proc != nil && w.unwell != "":
		return health.State{Healthy: true, Why: "the service runs and asks for patience: " + w.unwell}
	case w.proc != nil:
		return health.State{Healthy: true, Why: fmt.Sprintf("the service runs; its probe failed %d times of %d", w.failures, w.set.ProbeRetries)}
	case w.machine != nil && w.machine.Phase() == lease.Waiting:
		return health.State{Healthy: true, Why: "waiting for the lease"}
	}
	return health.State{Healthy: true, Why: "the service is about to be started"}
}
