package alarms

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write docs/alarms.md anew")

const (
	docs     = "../../docs/alarms.md"
	runbooks = "../../docs/runbooks.md"
)

func TestTheDocsAreTheTable(t *testing.T) {
	if *update {
		require.NoError(t, os.WriteFile(docs, []byte(Markdown()), 0o644))
	}
	text, err := os.ReadFile(docs)
	require.NoError(t, err)
	require.Equal(t, Markdown(), string(text), "run `go test ./infra/alarms -update`")
}

// TestEveryAlarmHasARunbook: what it means, the first three commands, when to call for help.
func TestEveryAlarmHasARunbook(t *testing.T) {
	text, err := os.ReadFile(runbooks)
	require.NoError(t, err)
	sections := map[string]string{}
	for _, section := range strings.Split(string(text), "\n## ")[1:] {
		heading, body, _ := strings.Cut(section, "\n")
		require.NotContains(t, sections, heading, "a link leads to the first of two sections")
		sections[heading] = body
	}
	known := map[string]bool{}
	for _, kind := range All() {
		known[kind.ID()] = true
		body, ok := sections[kind.ID()]
		if !assert.True(t, ok, "%s has no section in docs/runbooks.md, which its message links to", kind.ID()) {
			continue
		}
		assert.Regexp(t, `(?m)^\*\*It means\*\* \S`, body, kind.ID())
		assert.Len(t, regexp.MustCompile("(?m)^[123]\\. .*`[^`\n]+`").FindAllString(body, -1), 3, "%s: three commands to begin with", kind.ID())
		assert.Regexp(t, `(?m)^\*\*Get help\*\* \S`, body, kind.ID())
	}
	for heading := range sections {
		assert.True(t, known[heading], "docs/runbooks.md has a section %s, and there is no such alarm", heading)
	}
}

func TestTheTableIsSound(t *testing.T) {
	seen := map[string]bool{}
	for _, kind := range All() {
		require.False(t, seen[kind.ID()], "%s is there twice", kind.ID())
		seen[kind.ID()] = true
		require.NotEmpty(t, kind.Means, kind.ID())
		require.Equal(t, kind.Unit != "", strings.Contains(kind.Means, "%s"), "%s: a threshold with a unit is told", kind.ID())
		require.NotContains(t, kind.Sentence("x", 1), `"`, "%s: EventBridge puts it into JSON as it is", kind.ID())
		if kind.Composite() {
			continue
		}
		require.NotEmpty(t, kind.Source, kind.ID())
		require.NotEmpty(t, kind.Because, "%s: why missing data is %s", kind.ID(), kind.Missing)
		require.Contains(t, []Missing{Breaching, NotBreaching}, kind.Missing, kind.ID())
		require.Zero(t, kind.Period%time.Minute, kind.ID())
		require.Positive(t, kind.Periods, kind.ID())
		require.LessOrEqual(t, time.Duration(kind.Periods)*kind.Period, 24*time.Hour, "%s: CloudWatch looks back a day at most", kind.ID())
		require.Equal(t, kind.Metric.Namespace == "", len(kind.Metric.Filters) > 0, "%s: a metric of our own has a filter", kind.ID())
		if !kind.Fixed() {
			require.GreaterOrEqual(t, kind.Threshold, kind.Least, kind.ID())
			require.LessOrEqual(t, kind.Threshold, kind.Most, kind.ID())
		}
	}
}

func TestSentences(t *testing.T) {
	for want, got := range map[string]string{
		"bot: more than 90 percent of its CPU is used for 5 minutes":                    Find(Service, "cpu").Sentence("bot", 90),
		"bot: 5 error lines or more in its log within 5 minutes":                        Find(Service, "errors").Sentence("bot", 5),
		"bot: no heartbeat: it does not run, or its probe does not hold for 3 minutes":  Find(Service, "heartbeat").Sentence("bot", 1),
		"bot: a deployment failed and was rolled back":                                  Find(Service, "deployment-failed").Sentence("bot", 1),
		"bot: it is down: no heartbeat, and no running task or a failed host":           Find(Service, "down").Sentence("bot", 0),
		"edge: its certificate ends in less than 30 days and was not renewed for 1 day": Find(Edge, "certificate").Sentence("edge", 30),
		"database: reads of its disk take longer than 0.02 seconds for 5 minutes":       Find(Database, "read-latency").Sentence("database", 0.02),
	} {
		assert.Equal(t, want, got)
	}
}

func TestOfTakesTheConditionsThatHold(t *testing.T) {
	var keys []string
	for _, kind := range Of(Hosts, Always, Burstable) {
		keys = append(keys, kind.Key)
	}
	require.Equal(t, []string{"status-check", "cpu", "cpu-credits"}, keys)
	require.Empty(t, Of(Edge))
	require.PanicsWithValue(t, "the table of alarms has no edge-moon", func() { Find(Edge, "moon") })
}

// TestPatternsFit holds CloudWatch's limit for the longest name that a service can have.
func TestPatternsFit(t *testing.T) {
	const maxPattern = 1024 // characters; CloudWatch Logs API reference, PutMetricFilter
	for _, kind := range All() {
		for _, filter := range kind.Metric.Filters {
			length := len(filter.Pattern) + strings.Count(filter.Pattern, "%[1]s")*(32-len("%[1]s"))
			require.LessOrEqual(t, length, maxPattern, kind.ID())
		}
	}
}
