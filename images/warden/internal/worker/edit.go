package worker

import (
	"syscall"
	"time"

	"botyard/warden/internal/clock"
	"botyard/warden/internal/events"
	"botyard/warden/internal/lease"
	"botyard/warden/internal/watch"
)

// editGrace is how long a child may take to end before it is killed, when its source has changed: who has edited waits.
const editGrace = time.Second

// watching tells that the service is developed: its source is watched, an edit starts the child anew under the same
// lease, and whatever it does meanwhile is no crash.
func (w *Worker) watching() bool { return w.set.Watch != "" }

func (w *Worker) openWatch() error {
	if !w.watching() {
		return nil
	}
	var err error
	if w.watch, err = watch.Open(w.set.Watch, w.set.WatchIgnored); err != nil {
		return err
	}
	w.edits, w.blind = w.watch.Changes(), w.watch.Trouble()
	return nil
}

// edited starts the child anew, after it has ended in order. One that is being ended already sees the edit when it starts
// again.
func (w *Worker) edited(path string) {
	if w.stopping || w.exit != nil {
		return
	}
	w.log.Info("the source has changed", "event", events.Edited, "path", path)
	if w.proc == nil {
		w.tryStart()
		return
	}
	if w.cause != byItself {
		return
	}
	now := clock.Now()
	w.cause, w.termAt, w.termWith = byEdit, now, syscall.SIGTERM
	if w.front != nil { // as for an ordered stop: connections on their way are accepted, those after them held
		w.termAt += drainFor
	}
	w.killAt = w.termAt + editGrace
}

// endedWatched follows on the end of a child whose source is watched: one that was ended for an edit starts again, and one
// that ended by itself waits for the next, since the same source would end it again.
func (w *Worker) endedWatched() {
	if w.cause == byEdit {
		w.tryStart()
		return
	}
	w.log.Warn("the child has ended by itself: the next change of its source starts it", "event", events.EditAwaited)
}

// startUncounted starts the child without the brake: edits are no crashes. With a lease it is confirmed freshly all the
// same, and the starts that the table remembers stay as they are.
func (w *Worker) startUncounted() {
	if w.machine == nil {
		w.launch(0)
		return
	}
	if w.machine.Phase() == lease.Holding {
		w.starts = w.item.Starts
		w.do(w.machine.WantStart(clock.Now()))
	}
}
