package live

import (
	"context"
	"sync"
	"time"

	"botyard/toolchain/internal/drill"
	"botyard/toolchain/internal/drill/copies"
)

// readEvery is how often the lease's item is read where no process can be seen.
const readEvery = 500 * time.Millisecond

// Watch looks for two copies until the returned function is called, which says for how long there were two, and the
// longest time in which it could not look.
type Watch func(ctx context.Context) (end func() (overlap, gap time.Duration, err error), err error)

// Processes watches the copies on this machine.
func Processes(reader copies.Reader) Watch {
	return func(context.Context) (func() (time.Duration, time.Duration, error), error) {
		end, err := copies.Begin(reader)
		if err != nil {
			return nil, err
		}
		return func() (time.Duration, time.Duration, error) {
			samples, err := end()
			overlap, gap := drill.Overlap(samples)
			return overlap, gap, err
		}, nil
	}
}

// Item watches the lease's item. One failed reading is no news: the next one tells.
func (t Target) Item(ctx context.Context) (func() (time.Duration, time.Duration, error), error) {
	ctx, cancel := context.WithCancel(ctx)
	var seen []drill.Lease
	var running sync.WaitGroup
	running.Go(func() {
		for {
			if l, err := t.lease(ctx); err == nil {
				seen = append(seen, drill.Lease{At: time.Now(), Token: l.token, Holder: l.holder})
			}
			if sleep(ctx, readEvery) != nil {
				return
			}
		}
	})
	return func() (time.Duration, time.Duration, error) {
		cancel()
		running.Wait()
		return drill.Torn(seen), 0, nil
	}, nil
}
