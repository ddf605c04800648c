package worker

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/warden/internal/brake"
	"botyard/warden/internal/child"
	"botyard/warden/internal/clock"
	"botyard/warden/internal/events"
	"botyard/warden/internal/lease"
	"botyard/warden/internal/settings"
)

// quiet is a worker without processes that logs into a buffer.
func quiet(out *bytes.Buffer, set settings.Settings) *Worker {
	return &Worker{
		set: set, log: events.NewLogger(out, "bot"), backoff: brake.Backoff{Jitter: func() float64 { return 1 }},
		hosts: make(chan []figure, 1), hostMissing: map[string]bool{},
	}
}

// TestWhatMetricFiltersReadIsInEachLine pins the words that alarms are made of: a pattern such as
// { $.source = "warden" && $.event = "unhealthy" } with the dimension $.service.
func TestWhatMetricFiltersReadIsInEachLine(t *testing.T) {
	leased := func(w *Worker) {
		machine := lease.New(&lease.Config{Timing: lease.NewTiming(15 * time.Second)})
		w.machine = &machine
	}
	ending := func(w *Worker) { w.everHealthy = true; w.childEnded(137) }
	for event, provoke := range map[string]func(*Worker){
		"heartbeat":        func(w *Worker) { w.proc, w.healthy = &child.Child{}, true; w.probe(clock.Now()) },
		"unhealthy":        func(w *Worker) { w.probeFailed(errors.New("GET /health: no answer in 5s"), clock.Now()) },
		"ended":            ending,
		"restarting":       ending,
		"stopped-for-good": func(w *Worker) { w.stopForGood() },
		"contended":        func(w *Worker) { leased(w); w.report(lease.Action{Kind: lease.Rivals}) },
		"failover":         func(w *Worker) { leased(w); w.took(lease.Action{Kind: lease.Took, Token: 7, Failover: true}) },
		"host":             func(w *Worker) { w.measured([]figure{{name: "diskUsedPercent", value: 1}}) },
	} {
		var out bytes.Buffer
		provoke(quiet(&out, settings.Settings{ProbeRetries: 1, StartsPerDay: 20}))
		line := lineOf(t, out.String(), event)
		for field, want := range map[string]string{"source": "warden", "event": event, "service": "bot"} {
			assert.Equal(t, 1, strings.Count(line, `"`+field+`":`), "%s has %s once", event, field)
			assert.Contains(t, line, `"`+field+`":"`+want+`"`, event)
		}
	}
}

// lineOf is the one line of an event.
func lineOf(t *testing.T, text, event string) string {
	t.Helper()
	var found []string
	for line := range strings.Lines(text) {
		var fields struct{ Event string }
		require.NoError(t, json.Unmarshal([]byte(line), &fields))
		if fields.Event == event {
			found = append(found, line)
		}
	}
	require.Len(t, found, 1, "%s in %s", event, text)
	return found[0]
}
