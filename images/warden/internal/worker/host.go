package worker

import (
	"time"

	"botyard/warden/internal/clock"
	"botyard/warden/internal/events"
	"botyard/warden/internal/host"
)

// hostEvery is how often the host is measured: the shortest period of a standard CloudWatch alarm.
const hostEvery = time.Minute

// hostSource is where the figures come from.
type hostSource struct{ folder, meminfo string }

// figure is one figure of the host, or why there is none.
type figure struct {
	name  string // of its field in the event
	value float64
	err   error
}

// measureHost measures the host beside the loop, if that is due: a disk that hangs must not hold up the lease.
func (w *Worker) measureHost(now time.Duration) {
	planned := w.hostAt
	if !due(&w.hostAt, now) {
		return
	}
	w.hostNext = planned + hostEvery // not from now: else a minute would now and then have no figures
	source := w.hostSource
	go func() {
		disk, memory := figure{name: "diskUsedPercent"}, figure{name: "memoryUsedPercent"}
		disk.value, disk.err = host.DiskUsedPercent(source.folder)
		memory.value, memory.err = host.MemoryUsedPercent(source.meminfo)
		w.hosts <- []figure{disk, memory}
	}()
}

// measured logs what could be read; why a figure could not is said once, until it can be again.
func (w *Worker) measured(figures []figure) {
	w.hostAt = max(w.hostNext, clock.Now())
	fields := []any{"event", events.Host}
	for _, f := range figures {
		if f.err == nil {
			fields = append(fields, f.name, f.value)
		} else if !w.hostMissing[f.name] {
			w.log.Error("a figure of the host is missing from now on", "event", events.Trouble, "figure", f.name, "error", f.err.Error())
		}
		w.hostMissing[f.name] = f.err != nil
	}
	if len(fields) > 2 {
		w.log.Info("how full the host is", fields...)
	}
}
