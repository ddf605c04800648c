package worker

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/warden/internal/clock"
	"botyard/warden/internal/settings"
)

// measure lets a worker measure once, as its loop does when the time has come, and returns what it logged.
func measure(t *testing.T, w *Worker, out *bytes.Buffer) []map[string]any {
	out.Reset()
	planned := clock.Now()
	w.hostAt = planned
	w.measureHost(clock.Now())
	assert.Zero(t, w.hostAt, "not twice at once")
	w.measured(<-w.hosts)
	assert.Equal(t, planned+hostEvery, w.hostAt)
	var lines []map[string]any
	for line := range strings.Lines(out.String()) {
		var fields map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &fields))
		delete(fields, "time")
		lines = append(lines, fields)
	}
	return lines
}

func TestTheHostIsToldEachMinuteAndWhatIsMissingOnce(t *testing.T) {
	var out bytes.Buffer
	w := quiet(&out, settings.Settings{Host: true})
	file := t.TempDir() + "/meminfo"
	w.hostSource = hostSource{folder: "/no/such/folder", meminfo: file}
	trouble := func(figure, why string) map[string]any {
		return map[string]any{"level": "ERROR", "msg": "a figure of the host is missing from now on", "source": "warden", "service": "bot",
			"event": "trouble", "figure": figure, "error": why}
	}
	noDisk := trouble("diskUsedPercent", "cannot read how full the file system of /no/such/folder is: no such file or directory")
	noMemory := trouble("memoryUsedPercent", "cannot read how much memory is used: open "+file+": no such file or directory")
	told := map[string]any{"level": "INFO", "msg": "how full the host is", "source": "warden", "service": "bot", "event": "host", "memoryUsedPercent": 66.7}
	assert.Equal(t, []map[string]any{noDisk, noMemory}, measure(t, w, &out))
	assert.Empty(t, measure(t, w, &out), "not each minute")
	require.NoError(t, os.WriteFile(file, []byte("MemTotal: 3 kB\nMemAvailable: 1 kB\n"), 0o644))
	assert.Equal(t, []map[string]any{told}, measure(t, w, &out), "what can be read is told")
	require.NoError(t, os.Remove(file))
	assert.Equal(t, []map[string]any{noMemory}, measure(t, w, &out), "anew, after it could be read")
}

func TestAHostThatIsNotToBeMeasuredIsNot(t *testing.T) {
	var out bytes.Buffer
	w := quiet(&out, settings.Settings{})
	w.measureHost(clock.Now())
	assert.Empty(t, w.hosts)
	assert.Zero(t, w.hostNext)
}
