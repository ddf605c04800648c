package copies

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"botyard/toolchain/internal/drill"
)

// Reader lists the service's containers at this moment.
type Reader interface {
	Read() ([]Container, error)
}

// Begin samples the running copies every 10 ms until the returned function is called, which returns the samples. A reader
// that sees no copy where one runs would find no overlap either: then Begin fails.
func Begin(reader Reader) (end func() ([]drill.Sample, error), err error) {
	first, err := take(reader)
	if err != nil {
		return nil, err
	}
	if len(first.Copies) == 0 {
		return nil, errors.New("the watcher of processes sees no running copy although one holds the lease, so it would see no second one either; " +
			"it looks for containers with SERVICE of that name whose first process is the warden, as root, below /sys/fs/cgroup")
	}
	samples, failed := []drill.Sample{first}, error(nil)
	quit := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		ticker := time.NewTicker(drill.Every)
		defer ticker.Stop()
		for {
			select {
			case <-quit:
				return
			case <-ticker.C:
			}
			sample, err := take(reader)
			if err != nil {
				failed = err
				return
			}
			samples = append(samples, sample)
		}
	})
	return func() ([]drill.Sample, error) {
		close(quit)
		running.Wait()
		return samples, failed
	}, nil
}

// take dates a sample by its beginning: what ends while it is taken may be in it.
func take(reader Reader) (drill.Sample, error) {
	at := time.Now()
	containers, err := reader.Read()
	if err != nil {
		return drill.Sample{}, fmt.Errorf("cannot look at this machine's processes: %w", err)
	}
	return drill.Sample{At: at, Copies: Running(containers)}, nil
}
