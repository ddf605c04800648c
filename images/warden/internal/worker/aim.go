package worker

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"time"

	"botyard/warden/internal/clock"
	"botyard/warden/internal/front"
	"botyard/warden/internal/lease"
)

// aim tells the front where connections go now.
func (w *Worker) aim() {
	if w.front == nil {
		return
	}
	w.front.SetTarget(w.target())
	w.front.SetSelf(w.self())
	if w.set.HealthPath != "" {
		w.front.SetAnswer(w.answer())
	}
}

// answer is what a load balancer's health check gets in place of the service's own answer: nil once the child has been
// healthy, for then it speaks for itself.
func (w *Worker) answer() *front.Answer {
	switch {
	case w.proc != nil && w.wasHealthy:
		return nil
	case w.state().Healthy:
		return &front.Answer{Path: w.set.HealthPath, Code: http.StatusOK}
	}
	return &front.Answer{Path: w.set.HealthPath, Code: http.StatusServiceUnavailable}
}

// self is the holder that other fronts know us by, while our child is there for them.
func (w *Worker) self() string {
	if w.stopping || w.proc == nil {
		return ""
	}
	return w.machine.Holder()
}

func (w *Worker) target() front.Target {
	switch {
	case w.proc != nil && !w.stopping && w.cause != byEdit:
		return front.Target{Address: net.JoinHostPort("127.0.0.1", strconv.Itoa(w.childPort))}
	case w.proc != nil || w.machine.Phase() == lease.Holding || w.machine.Phase() == lease.Ending:
		return front.Target{} // ours is on its way, or on its way out
	case w.item.Holder == "" || w.machine.Own(w.item.Holder) || w.item.Leaving:
		return front.Target{}
	}
	return front.Target{Address: w.item.Address, Holder: w.item.Holder}
}

// follow looks up the next holder after our release, so that connections that we still hold get there.
func (w *Worker) follow(now time.Duration) {
	if w.front == nil || w.machine.Phase() != lease.Gone || w.following || now < w.followAt {
		return
	}
	if w.exit != nil {
		if w.item.Address != "" && w.item.Holder != "" && !w.machine.Own(w.item.Holder) {
			w.front.Refuse() // there is somebody to go to instead
		}
		if w.settle() {
			return
		}
	}
	w.following = true
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), w.timing.Call)
		defer cancel()
		item, err := w.store.Read(ctx)
		if err != nil {
			item = lease.Item{} // held for longer, and read again
		}
		w.follows <- item
	}()
}

func (w *Worker) followed(item lease.Item) {
	w.following = false
	w.item = item
	w.followAt = clock.Now() + w.timing.Quick
	if w.exit == nil { // stopped for good: nothing is in a hurry
		w.followAt = clock.Now() + w.timing.Poll
	}
}

// settle ends the warden when nothing is left to do: no child, no lease, and after an ordered stop no connection.
func (w *Worker) settle() bool {
	if w.exit == nil || w.machine != nil && w.machine.Phase() != lease.Gone {
		return false
	}
	if w.front != nil && clock.Now() < w.stopUntil {
		if w.front.Open() == 0 {
			w.front.Refuse()
		}
		if !w.front.Idle() {
			if w.followAt == 0 {
				w.followAt = clock.Now() + 10*time.Millisecond
			}
			return false
		}
	}
	w.finished = true
	return true
}
