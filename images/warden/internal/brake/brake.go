// Package brake bounds how often a child is started: it says how long to wait before a restart, and when to stop for
// good. What ECS does itself is not enough: it does not throttle a task that ends after it was running.
package brake

import (
	"time"

	"botyard/warden/internal/lease"
)

const (
	day       = 24 * 60 * 60 // seconds
	keepMost  = 200          // of other revisions too, so that the item stays small
	first     = time.Second
	longest   = 5 * time.Minute
	forgiveIn = 10 * time.Minute
)

// Note adds a start to those remembered, without those older than a day, and tells whether it is allowed: at most
// perDay of one revision in 24 h.
func Note(starts []lease.Start, now int64, revision string, perDay int) (noted []lease.Start, allowed bool) {
	own := 0
	for _, start := range starts {
		if start.At <= now-day {
			continue
		}
		noted = append(noted, start)
		if start.Revision == revision {
			own++
		}
	}
	if own >= perDay {
		return noted, false
	}
	noted = append(noted, lease.Start{At: now, Revision: revision})
	return noted[max(0, len(noted)-keepMost):], true
}

// Backoff says how long to wait before each restart: exponentially longer, with full jitter, from up to a second to
// up to five minutes; anew after ten minutes of health.
type Backoff struct {
	Jitter func() float64 // from 0 up to 1

	tries int
}

// Next is the wait before the next restart of a child that was healthy for so long.
func (b *Backoff) Next(healthy time.Duration) time.Duration {
	if healthy >= forgiveIn {
		b.tries = 0
	}
	most := longest
	if shift := b.tries; shift < 9 { // 2^9 s is longer than the longest
		most = min(longest, first<<shift)
	}
	b.tries++
	return time.Duration(b.Jitter() * float64(most))
}
