package brake_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"botyard/warden/internal/brake"
	"botyard/warden/internal/lease"
)

const now = int64(1_000_000)

func TestOwnStartsOfTheLastDayCount(t *testing.T) {
	starts := []lease.Start{{At: now - 86400, Revision: "a:1"}, {At: now - 86399, Revision: "a:1"}, {At: now - 5, Revision: "a:2"}}
	noted, allowed := brake.Note(starts, now, "a:1", 2)
	assert.True(t, allowed, "one was a day ago, one was another revision's")
	assert.Equal(t, []lease.Start{{At: now - 86399, Revision: "a:1"}, {At: now - 5, Revision: "a:2"}, {At: now, Revision: "a:1"}}, noted)

	noted, allowed = brake.Note(noted, now, "a:1", 2)
	assert.False(t, allowed, "this would be the third")
	assert.Len(t, noted, 3, "a start that is not made is not noted")

	_, allowed = brake.Note(noted, now, "a:3", 2)
	assert.True(t, allowed, "a new revision starts from none")
}

func TestWhatIsRememberedIsBounded(t *testing.T) {
	var starts []lease.Start
	for range 500 {
		starts = append(starts, lease.Start{At: now, Revision: "other"})
	}
	noted, allowed := brake.Note(starts, now, "own", 20)
	assert.True(t, allowed)
	assert.Len(t, noted, 200)
	assert.Equal(t, "own", noted[199].Revision)
}

func TestBackoffGrowsToFiveMinutesAndForgives(t *testing.T) {
	b := brake.Backoff{Jitter: func() float64 { return 0.5 }}
	var waits []time.Duration
	for range 11 {
		waits = append(waits, b.Next(time.Minute))
	}
	half := 500 * time.Millisecond
	assert.Equal(t, []time.Duration{half, 2 * half, 4 * half, 8 * half, 16 * half, 32 * half, 64 * half, 128 * half, 256 * half, 150 * time.Second, 150 * time.Second}, waits)
	assert.Equal(t, half, b.Next(10*time.Minute))
}
