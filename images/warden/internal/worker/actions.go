package worker

import (
	"syscall"
	"time"

	"botyard/warden/internal/brake"
	"botyard/warden/internal/clock"
	"botyard/warden/internal/events"
	"botyard/warden/internal/lease"
)

// do carries out what the lease's machine wants.
func (w *Worker) do(actions []lease.Action) {
	for _, a := range actions {
		switch a.Kind {
		case lease.Send:
			w.send(a.Call)
		case lease.Launch:
			w.launch(a.Token)
		case lease.Term, lease.Kill, lease.Freeze, lease.Thaw:
			w.handle(a.Kind)
		case lease.Extend:
			if err := w.link.Extend(a.At); err != nil {
				w.log.Error("init keeps the earlier deadline", "event", events.Trouble, "error", err.Error())
			}
		case lease.Took:
			w.took(a)
		case lease.Gave:
			w.gave(a)
		default:
			w.report(a)
		}
	}
}

// handle is what the lease does to the child.
func (w *Worker) handle(kind lease.ActionKind) {
	if w.proc == nil {
		return
	}
	switch kind {
	case lease.Term:
		w.cause = byLease
		w.proc.Signal(syscall.SIGTERM)
	case lease.Kill:
		w.cause = byLease
		w.proc.SignalAll(syscall.SIGKILL)
	case lease.Freeze:
		w.proc.SignalAll(syscall.SIGSTOP)
	case lease.Thaw:
		w.proc.SignalAll(syscall.SIGCONT)
	}
}

func (w *Worker) report(a lease.Action) {
	log := w.log.With("token", w.machine.Token(), "task", w.task.ARN)
	switch a.Kind {
	case lease.LostIt:
		log.Error("somebody else holds the lease: the child is killed", "event", events.Lost)
	case lease.Ran:
		log.Error("the lease could not be renewed in time: the child is stopped before it runs out", "event", events.Expired)
	case lease.Missed:
		log.Warn("time went by unseen: the child is held still until the lease is confirmed", "event", events.Gap, "seconds", a.At.Seconds())
	case lease.Rivals:
		log.Warn("somebody else took the lease out of turn", "event", events.Contended)
	case lease.Failed:
		w.reportFailure(a.Call)
	}
}

// reportFailure logs each failed write, but a contender's failed reads only now and then: there is one each second.
func (w *Worker) reportFailure(c lease.Call) {
	now := clock.Now()
	if c.Kind == lease.Read {
		if now < w.readNote {
			return
		}
		w.readNote = now + 15*time.Second
	}
	w.log.Warn("a call to the lease's table failed; it is tried again", "event", events.RenewFailed, "token", w.machine.Token(), "error", w.lastErr.Error())
}

func (w *Worker) took(a lease.Action) {
	log := w.log.With("token", a.Token, "task", w.task.ARN)
	if a.Failover {
		log.Warn("took over from a holder that did not release", "event", events.Failover)
	}
	log.Info("the lease is ours", "event", events.Taken)
	w.restartAt = 0
	w.tryStart()
}

// gave is the end of the lease: of the warden too, unless it stays stopped for good.
func (w *Worker) gave(a lease.Action) {
	if w.machine.Token() != 0 {
		message := "the lease is released"
		if a.Failover {
			message = "the lease could not be released; it runs out"
		}
		w.log.Info(message, "event", events.Released, "token", a.Token, "task", w.task.ARN)
	}
	w.followAt = clock.Now()
	w.settle()
}

// tryStart starts the child unless the brake holds it: with a lease, once the start is remembered in the table.
func (w *Worker) tryStart() {
	if w.exit != nil || w.braked || w.stopping {
		return
	}
	if w.watching() {
		w.startUncounted()
		return
	}
	if w.machine == nil {
		w.noteStart()
		return
	}
	if w.machine.Phase() != lease.Holding {
		return // it is started when the lease is ours again
	}
	starts, allowed := brake.Note(w.item.Starts, time.Now().Unix(), w.task.Revision, w.set.StartsPerDay)
	if !allowed {
		w.stopForGood()
		return
	}
	w.starts = starts
	w.do(w.machine.WantStart(clock.Now()))
}

func (w *Worker) stopForGood() {
	w.braked = true
	w.log.Error("too many starts in 24 h: nothing is started any more; deploy a new revision to allow it again",
		"event", events.StoppedForGood, "task", w.task.ARN, "starts", w.set.StartsPerDay)
	if w.machine != nil {
		w.do(w.machine.Release(clock.Now()))
	}
}
