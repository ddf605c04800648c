package worker

import (
	"errors"
	"os"
	"strconv"
	"syscall"
	"time"

	"botyard/warden/internal/child"
	"botyard/warden/internal/clock"
	"botyard/warden/internal/events"
)

// launch starts the child; token is 0 without a lease.
func (w *Worker) launch(token int64) {
	environ := w.childEnv
	if w.machine != nil {
		environ = append(environ[:len(environ):len(environ)], "LEASE_TOKEN="+strconv.FormatInt(token, 10))
	}
	now := clock.Now()
	w.run++
	w.cause, w.failures, w.gaveUp, w.wasHealthy, w.probing, w.unwell = byItself, 0, false, false, false, ""
	w.startedAt, w.probeAt = now, now
	w.termAt, w.killAt, w.restartAt = 0, 0, 0
	w.environ = environ
	proc, err := child.Start(w.set.Command, environ, w.link.Init())
	if err != nil {
		w.log.Error(err.Error(), "event", events.Trouble)
		code := child.CodeNotExecutable
		var failed *child.StartError
		if errors.As(err, &failed) {
			code = failed.Code
		}
		w.childEnded(code)
		return
	}
	w.proc = proc
	w.log.Info("the child runs", "event", events.Started, "token", token, "task", w.task.ARN, "pid", proc.Pid())
	if w.set.Probe.None() {
		w.becomeHealthy(now)
	}
}

// childEnded decides what follows on the end of the child and of all that it had started.
func (w *Worker) childEnded(code int) {
	now := clock.Now()
	healthyFor := time.Duration(0)
	if w.wasHealthy {
		healthyFor = now - w.healthySince
	}
	w.checkAlive(now)
	w.log.Info("the child has ended", "event", events.Ended, "code", code, "seconds", (now - w.startedAt).Seconds())
	w.proc, w.healthy, w.termAt, w.killAt = nil, false, 0, 0
	if w.machine != nil {
		w.do(w.machine.ChildEnded(now))
	}
	switch {
	case w.stopping:
		w.exitWith(code)
	case w.cause == byLease:
		w.tryStart() // if the lease was taken again meanwhile
	case w.watching():
		w.endedWatched()
	case !w.everHealthy:
		if code == 0 && w.cause == byProbe {
			code = 1 // it ended well when told to, but it has never worked: a deployment must see that
		}
		w.exitWith(code)
	default:
		wait := w.backoff.Next(healthyFor)
		w.restartAt = now + max(wait, time.Nanosecond)
		w.log.Warn("the child is started again", "event", events.Restarting, "seconds", wait.Seconds())
	}
}

// exitWith ends the warden, after the lease is released.
func (w *Worker) exitWith(code int) {
	w.exit = &code
	if w.machine != nil {
		w.do(w.machine.Release(clock.Now()))
	}
	w.settle()
}

// signalled passes a signal on; SIGTERM and SIGINT order the warden to stop.
func (w *Worker) signalled(sig os.Signal) {
	number, _ := sig.(syscall.Signal)
	switch number {
	case syscall.SIGTERM, syscall.SIGINT:
		w.stop(number)
	case syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGWINCH, syscall.SIGQUIT:
		if w.proc != nil {
			w.proc.Signal(number)
		}
	}
}

func (w *Worker) stop(sig syscall.Signal) {
	if w.stopping {
		if w.proc != nil {
			w.proc.Signal(sig)
		}
		return
	}
	now := clock.Now()
	w.stopping, w.stopUntil = true, now+w.set.Stop
	if w.proc == nil {
		w.exitWith(0)
		return
	}
	if w.cause == byItself {
		w.cause = byOrder
	}
	w.termAt, w.termWith = now, sig
	if w.front != nil {
		// The front holds new connections from here on; the child gets a moment to accept those on their way.
		w.termAt += drainFor
	}
	kill := w.termAt + w.set.Stop
	if w.killAt == 0 || kill < w.killAt { // a child whose probe failed is not given more time by being stopped as well
		w.killAt = kill
	}
	if w.machine != nil {
		w.do(w.machine.Leave(now))
	}
}

// escalate sends the signals whose time has come.
func (w *Worker) escalate(now time.Duration) {
	if w.proc == nil {
		return
	}
	if due(&w.termAt, now) {
		w.proc.Signal(w.termWith)
	}
	if due(&w.killAt, now) {
		w.proc.SignalAll(syscall.SIGKILL)
	}
}
