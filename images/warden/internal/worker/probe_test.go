package worker

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"botyard/warden/internal/settings"
)

func TestAStartIsProbedMoreOftenThanWhatHasWorked(t *testing.T) {
	for _, each := range []struct {
		interval, age time.Duration
		worked        bool
		want          time.Duration
	}{
		{10 * time.Second, time.Second, false, 500 * time.Millisecond},
		{10 * time.Second, 29 * time.Second, false, 500 * time.Millisecond},
		{10 * time.Second, 30 * time.Second, false, 2 * time.Second},
		{time.Second, 30 * time.Second, false, time.Second},
		{10 * time.Second, time.Second, true, 10 * time.Second},
		{time.Second, time.Hour, true, time.Second},
	} {
		w := &Worker{set: settings.Settings{ProbeInterval: each.interval, ProbeStart: 30 * time.Second}}
		w.wasHealthy, w.startedAt = each.worked, time.Hour
		assert.Equal(t, each.want, w.untilNextProbe(time.Hour+each.age), "%+v", each)
	}
}
