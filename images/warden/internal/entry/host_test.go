package entry_test

import (
	"maps"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/warden/internal/dynamotest"
)

func TestEveryRunningWardenTellsHowFullItsHostIs(t *testing.T) {
	server := table(t)
	server.Put("bot", map[string]dynamotest.Value{"holder": {"S": "x"}, "token": {"N": "5"}, "beat": {"N": "1"}, "seconds": {"N": "300"}})
	waiting := start(t, server, leased("15000", "WARDEN_HOST=1"), "sleep", "1000")
	plain := start(t, nil, []string{"WARDEN_HOST=1"}, "sleep", "1000")
	silent := start(t, nil, nil, "sleep", "1000")
	for _, w := range []*warden{waiting, plain} {
		w.await("host", 1, 2*time.Second)
		line := w.out.events("host")[0]
		assert.Equal(t, []string{"diskUsedPercent", "event", "level", "memoryUsedPercent", "msg", "service", "source", "time"}, slices.Sorted(maps.Keys(line)))
		assert.Equal(t, "bot", line["service"])
		for _, figure := range []string{"diskUsedPercent", "memoryUsedPercent"} {
			assert.Greater(t, line[figure], 0.0)
			assert.LessOrEqual(t, line[figure], 100.0)
		}
	}
	assert.Empty(t, waiting.out.events("started"), "it waits for the lease all the while")
	silent.await("started", 1, 2*time.Second)
	time.Sleep(200 * time.Millisecond)
	for _, w := range []*warden{waiting, plain, silent} {
		w.signal(syscall.SIGTERM)
		w.code(5 * time.Second)
	}
	require.Len(t, plain.out.events("host"), 1, "one a minute")
	assert.Empty(t, silent.out.events("host"))
}
