//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// alarms are those of the stack in a state, without the stack's name.
func (c *clone) alarms(t *testing.T, state string) []string {
	t.Helper()
	return strings.Fields(c.ask(t, `
found = aws("cloudwatch").describe_alarms(AlarmNamePrefix="botyard-local-", StateValue="`+state+`", AlarmTypes=["MetricAlarm", "CompositeAlarm"], MaxRecords=100)
print(*sorted(a["AlarmName"].removeprefix("botyard-local-") for a in found["MetricAlarms"] + found["CompositeAlarms"]))`))
}

// okAgain begins the words that an alarm is over.
const okAgain = "🟢 OK again: "

// expect waits until exactly these alarms have gone off and are over, and the chat was told: of each alarm in words that begin
// as given, once that it is over, and whatever else is wanted.
func (c *clone) expect(t *testing.T, chat *discord, alarms map[string]string, also ...string) {
	t.Helper()
	var said []string
	defer func() {
		if t.Failed() {
			t.Logf("on: %v; the chat was told:\n%s", c.alarms(t, "ALARM"), strings.Join(said, "\n"))
		}
	}()
	waitFor(t, 4*time.Minute, fmt.Sprintf("the alarms %v go off", sorted(alarms)), func() bool {
		said = append(said, chat.said()...)
		return slices.Equal(sorted(alarms), alarmsIn(t, said, "🔴"))
	})
	waitFor(t, 9*time.Minute, "they are over", func() bool {
		said = append(said, chat.said()...)
		over := alarmsIn(t, said, okAgain)
		missing := func(name string) bool { return !slices.Contains(over, name) }
		return len(c.alarms(t, "ALARM")) == 0 && !slices.ContainsFunc(sorted(alarms), missing)
	})
	text := strings.Join(said, "\n")
	t.Logf("the chat was told:\n%s", text)
	assert.Equal(t, sorted(alarms), alarmsIn(t, said, "🔴"), "and no other")
	assert.Equal(t, sorted(alarms), alarmsIn(t, said, okAgain), "and no other")
	for _, words := range alarms {
		assert.True(t, slices.ContainsFunc(said, func(message string) bool { return strings.HasPrefix(message, words) }), words)
	}
	for _, pattern := range also {
		assert.Regexp(t, pattern, text)
	}
}

// process is the number of a container's process on this machine.
func (c *clone) process(t *testing.T, container string, line *regexp.Regexp) (pid int, found bool) {
	t.Helper()
	match := line.FindString(sh(t, c.dir, "docker top "+container+" -eo pid,args"))
	if match == "" {
		return 0, false
	}
	pid, err := strconv.Atoi(strings.Fields(match)[0])
	require.NoError(t, err)
	return pid, true
}

// freeze stops a container's program as a deadlock would: it is there, and does nothing.
func (c *clone) freeze(t *testing.T, container string, line *regexp.Regexp) {
	t.Helper()
	pid, found := c.process(t, container, line)
	require.True(t, found, "%s does not run", line)
	sh(t, c.dir, fmt.Sprintf("kill -STOP %d", pid))
}

// crash kills a service's program each time that it has come back.
func (c *clone) crash(t *testing.T, service string, line *regexp.Regexp, times int) {
	t.Helper()
	last := 0
	for range times {
		var pid int
		waitFor(t, time.Minute, service+" runs", func() bool {
			found := false
			pid, found = c.process(t, c.runningTasks(t)[service][0].container, line)
			return found && pid != last
		})
		sh(t, c.dir, fmt.Sprintf("kill -KILL %d", pid))
		last = pid
	}
}

// firstEvent is how long after a moment the service's warden logged an event.
func (c *clone) firstEvent(t *testing.T, service, event string, after time.Time) time.Duration {
	t.Helper()
	lines := c.ask(t, fmt.Sprintf(`
for e in aws("logs").filter_log_events(logGroupName="/botyard/local/%s", startTime=%d, filterPattern='{ $.source = "warden" && $.event = "%s" }')["events"]:
    print(e["message"])`, service, after.UnixMilli(), event))
	var line struct{ Time time.Time }
	require.NoError(t, json.Unmarshal([]byte(strings.Split(lines, "\n")[0]), &line), lines)
	return line.Time.Sub(after)
}
