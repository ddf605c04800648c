// Package worker is the warden's second process: it carries out what the lease's rules say, and runs the child, its
// probe and the front. One loop owns all of its state; whatever takes time runs beside it and answers over a channel.
package worker

import (
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"botyard/warden/internal/brake"
	"botyard/warden/internal/child"
	"botyard/warden/internal/clock"
	"botyard/warden/internal/dynamo"
	"botyard/warden/internal/ecsmeta"
	"botyard/warden/internal/events"
	"botyard/warden/internal/front"
	"botyard/warden/internal/health"
	"botyard/warden/internal/initproc"
	"botyard/warden/internal/lease"
	"botyard/warden/internal/models"
	"botyard/warden/internal/settings"
	"botyard/warden/internal/watch"
)

const (
	heartbeatEvery = 15 * time.Second
	aliveFor       = 10 * time.Second // a child without a probe counts as having been healthy after so long
	unhealthyGrace = 10 * time.Second // between SIGTERM and SIGKILL of a child whose probe fails
	unwellEvery    = 30 * time.Second // between two lines of a service that asks for patience: its alarm lasts as long
	drainFor       = 100 * time.Millisecond
	idleTick       = time.Second
)

// cause is why the child was told to end; none when it ends by itself.
type cause int

const (
	byItself cause = iota
	byLease
	byProbe
	byOrder
	byEdit
)

// Worker is the state of the loop.
type Worker struct {
	set     settings.Settings
	log     *slog.Logger
	link    *initproc.Link
	store   *dynamo.Store  // nil without a table
	machine *lease.Machine // nil without a lease
	timing  lease.Timing
	task    ecsmeta.Task
	address string       // of our front, for others; empty without one
	front   *front.Front // nil without one
	health  *health.Server
	backoff brake.Backoff
	held    []models.Held // the models that were fetched: they stay on the host while we run

	replies chan reply
	notes   chan note
	probes  chan probeResult
	follows chan lease.Item
	hosts   chan []figure
	watch   *watch.Watch // nil unless the source is watched, as the next two
	edits   <-chan string
	blind   <-chan error

	// The item as it was last read or written, and what the next writes say.
	item     lease.Item
	starts   []lease.Start // with the one that is about to be made
	good     bool          // our revision's probe has held
	lastErr  error
	readNote time.Duration // when a failed read is logged again

	// The child.
	unwell                string        // why the probe fails while it asks for patience; empty else
	unwellSince, unwellAt time.Duration // the first failure in a row, and when the next line is due
	proc                  *child.Child  // nil when none runs
	childPort             int
	childEnv              []string // of every child
	environ               []string // of this child and its probe
	run                   int      // counts the children, so that a late probe of an earlier one is known
	startedAt             time.Duration
	cause                 cause
	termAt                time.Duration // 0 is never, here and below
	termWith              syscall.Signal
	killAt                time.Duration
	restartAt             time.Duration

	// Its health.
	everHealthy  bool // in this warden's life
	healthy      bool // now
	healthySince time.Duration
	wasHealthy   bool // this child
	failures     int
	gaveUp       bool // the probe failed as often as it may
	probing      bool
	probeAt      time.Duration
	heartbeatAt  time.Duration

	// The host, if it is to be measured.
	hostAt      time.Duration // 0 while it is measured
	hostNext    time.Duration
	hostSource  hostSource
	hostMissing map[string]bool // the figures that could not be read at last

	stopping  bool
	stopUntil time.Duration
	braked    bool
	exit      *int // the code to exit with once the lease is released
	followAt  time.Duration
	following bool
	finished  bool
}

// Run runs the worker to its end and returns the code to exit with.
func Run(set settings.Settings, link *initproc.Link, log *slog.Logger) (int, error) {
	signals := make(chan os.Signal, 64)
	signal.Notify(signals)
	initEnded := make(chan struct{})
	go func() {
		link.AwaitInitsEnd()
		close(initEnded)
	}()
	w, err := open(set, link, log)
	if err != nil {
		return 0, err
	}
	defer w.close()
	if ended, code, err := w.prepare(signals, initEnded); ended || err != nil {
		return code, err
	}
	w.begin()
	for !w.finished {
		timer := time.NewTimer(max(0, w.nextStep()-clock.Now()))
		select {
		case sig := <-signals:
			w.signalled(sig)
		case r := <-w.replies:
			w.answered(r)
		case n := <-w.notes:
			w.noted(n)
		case item := <-w.follows:
			w.followed(item)
		case p := <-w.probes:
			w.probed(p)
		case path := <-w.edits:
			w.edited(path)
		case err := <-w.blind:
			w.log.Error(err.Error(), "event", events.Trouble)
		case figures := <-w.hosts:
			w.measured(figures)
		case code := <-w.childDone():
			w.childEnded(code)
		case <-timer.C:
		case <-initEnded:
			// Only outside of a container: there the kernel ends everything with its process 1.
			if w.proc != nil {
				w.proc.SignalAll(syscall.SIGKILL)
			}
			return initproc.CodeKilled, nil
		}
		timer.Stop()
		w.step()
	}
	return *w.exit, nil
}

// begin starts waiting for the lease, or the child at once where there is no lease; and measuring the host if it is to be.
func (w *Worker) begin() {
	if w.set.Host {
		w.hostAt = clock.Now()
	}
	if w.machine == nil {
		w.tryStart()
		return
	}
	w.log.Info("waiting for the lease", "event", events.Waiting)
	w.do(w.machine.Tick(clock.Now()))
}

// step does what is due.
func (w *Worker) step() {
	if w.machine != nil {
		w.do(w.machine.Tick(clock.Now()))
	}
	now := clock.Now()
	w.escalate(now)
	w.probe(now)
	w.measureHost(now)
	if due(&w.restartAt, now) {
		w.tryStart()
	}
	w.follow(now)
	w.aim()
	w.health.Set(w.state())
}
