package worker

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"net"
	"os"
	"strconv"
	"time"

	"botyard/warden/internal/brake"
	"botyard/warden/internal/dynamo"
	"botyard/warden/internal/ecsmeta"
	"botyard/warden/internal/events"
	"botyard/warden/internal/front"
	"botyard/warden/internal/health"
	"botyard/warden/internal/initproc"
	"botyard/warden/internal/lease"
	"botyard/warden/internal/settings"
)

// metadataFor is how long ECS may take to say which task this is.
const metadataFor = 10 * time.Second

func open(set settings.Settings, link *initproc.Link, log *slog.Logger) (*Worker, error) {
	w := &Worker{
		set: set, log: log, link: link, timing: lease.NewTiming(set.Lease),
		backoff: brake.Backoff{Jitter: mathrand.Float64},
		replies: make(chan reply, 4), notes: make(chan note, 1), probes: make(chan probeResult, 1), follows: make(chan lease.Item, 1), hosts: make(chan []figure, 1),
		hostSource: hostSource{folder: "/", meminfo: "/proc/meminfo"}, hostMissing: map[string]bool{},
		childEnv: os.Environ(),
	}
	var err error
	if w.health, err = health.Listen(set.Socket); err != nil {
		return nil, err
	}
	if set.Table != "" {
		if w.store, err = dynamo.Open(context.Background(), set.Table, set.Service); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), metadataFor)
	defer cancel()
	if w.task, err = ecsmeta.ReadTask(ctx, set.MetadataURI); err != nil {
		log.Error("ECS does not say which task this is: its starts are counted without a revision", "event", events.Trouble, "error", err.Error())
	}
	if err := w.openWatch(); err != nil {
		return nil, err
	}
	return w, nil
}

// compete makes the worker a contender for the lease, if there is one, with a front that listens.
func (w *Worker) compete() error {
	if w.set.Lease == 0 {
		return nil
	}
	if err := w.openLease(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), metadataFor)
	defer cancel()
	return w.openFront(ctx)
}

func (w *Worker) openLease() error {
	host, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("cannot find out the host's name, which the lease's holder is called by: %w", err)
	}
	machine := lease.New(&lease.Config{
		Timing: w.timing, Revision: w.task.Number,
		NewHolder: func(int) string { return host + "/" + random() },
		Jitter:    mathrand.Float64,
		Unix:      func() int64 { return time.Now().Unix() },
	})
	w.machine = &machine
	return nil
}

func random() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // it never fails: it ends the program itself instead
	return hex.EncodeToString(b[:])
}

// openFront takes the service's port and finds another for the child.
func (w *Worker) openFront(ctx context.Context) error {
	if w.set.Port == 0 {
		return nil
	}
	var err error
	if w.front, err = front.Listen(":" + strconv.Itoa(w.set.Port)); err != nil {
		return err
	}
	if w.address, err = ecsmeta.Address(ctx, w.set.MetadataFile, w.set.MetadataURI, w.set.Port); err != nil {
		w.log.Error("our address is not known: a task that waits cannot pass requests on to this one", "event", events.Trouble, "error", err.Error())
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("cannot find a port for the child: %w", err)
	}
	w.childPort = free.Addr().(*net.TCPAddr).Port
	w.childEnv = append(w.childEnv, "PORT="+strconv.Itoa(w.childPort))
	w.set.Probe = w.set.Probe.Moved(w.set.Port, w.childPort) // the service's port is the front's, which goes to any holder
	return free.Close()
}

func (w *Worker) close() {
	if w.watch != nil {
		w.watch.Close()
	}
	if w.front != nil {
		w.front.Close()
	}
	w.health.Close()
}
