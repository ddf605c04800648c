package worker

import (
	"context"
	"errors"
	"time"

	"botyard/warden/internal/brake"
	"botyard/warden/internal/clock"
	"botyard/warden/internal/dynamo"
	"botyard/warden/internal/events"
	"botyard/warden/internal/lease"
)

// reply is how a call of the lease's machine ended.
type reply struct {
	call lease.Call
	item lease.Item
	err  error
}

// send makes a call beside the loop. The values that it writes are those of now.
func (w *Worker) send(c lease.Call) {
	identity := dynamo.Identity{Task: w.task.ARN, Revision: w.task.Revision, Number: w.task.Number, Address: w.address, Lease: w.timing.Lease}
	report := dynamo.Report{Healthy: w.healthy}
	if w.good && !w.watching() { // nothing may go back to a revision that runs whatever its source happens to be
		report.Good = w.task.Revision
	}
	if c.Start {
		report.Starts = w.starts
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), w.timing.Call)
		defer cancel()
		r := reply{call: c}
		switch c.Kind {
		case lease.Read:
			r.item, r.err = w.store.Read(ctx)
		case lease.Want:
			r.item, r.err = w.store.Want(ctx, w.task.Number)
		case lease.Take:
			r.item, r.err = w.store.Take(ctx, c, identity)
		case lease.Renew:
			r.item, r.err = w.store.Renew(ctx, c, report)
		case lease.Release:
			r.item, r.err = w.store.Release(ctx, c)
		}
		w.replies <- r
	}()
}

func (w *Worker) answered(r reply) {
	outcome := lease.Done
	switch {
	case errors.Is(r.err, dynamo.ErrConflict):
		outcome = lease.Conflict
	case r.err != nil:
		outcome, w.lastErr = lease.Unknown, r.err
	case r.call.Kind == lease.Read:
		if w.item.Holder != r.item.Holder && r.item.Holder != "" && !w.machine.Own(r.item.Holder) {
			w.log.Info("waiting for the lease that somebody else holds", "event", events.Waiting, "holder", r.item.Holder, "token", r.item.Token, "task", r.item.Task)
		}
		w.item = r.item
	default:
		w.item = r.item
	}
	w.do(w.machine.Answer(clock.Now(), r.call.ID, outcome, r.item.View))
}

// note is how remembering a start of a service without a lease ended.
type note struct {
	starts  []lease.Start
	allowed bool
	err     error
}

// noteFor is how long a table that does not answer may delay a start, which it does not prevent.
const noteFor = 5 * time.Second

// noteStart remembers a start beside the loop: in the table if there is one and it answers, else in memory.
func (w *Worker) noteStart() {
	remembered, unix := w.starts, time.Now().Unix()
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), noteFor)
		defer cancel()
		n := note{err: errors.New("there is no table")}
		if w.store != nil {
			n = w.noteInTable(ctx, unix)
		}
		if n.err != nil {
			n.starts, n.allowed = brake.Note(remembered, unix, w.task.Revision, w.set.StartsPerDay)
		}
		w.notes <- n
	}()
}

// noteInTable tries until no other replica has written in between.
func (w *Worker) noteInTable(ctx context.Context, unix int64) note {
	for {
		item, err := w.store.Read(ctx)
		if err != nil {
			return note{err: err}
		}
		starts, allowed := brake.Note(item.Starts, unix, w.task.Revision, w.set.StartsPerDay)
		if !allowed {
			return note{starts: starts}
		}
		_, err = w.store.NoteStarts(ctx, item.Beat, starts)
		if !errors.Is(err, dynamo.ErrConflict) {
			return note{starts: starts, allowed: allowed, err: err}
		}
	}
}

func (w *Worker) noted(n note) {
	w.starts = n.starts
	if n.err != nil && w.store != nil {
		w.log.Warn("the start is remembered in memory only", "event", events.Trouble, "error", n.err.Error())
	}
	switch {
	case w.exit != nil:
	case !n.allowed:
		w.stopForGood()
	default:
		w.launch(0)
	}
}
