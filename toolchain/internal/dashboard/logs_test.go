package dashboard

import (
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestQueries(t *testing.T) {
	q, err := parseQuery("SOURCE '/a' | source \"/b\" |fields @timestamp, @message\n| filter @message like /x|'y/ and m = '|' | limit 7")
	require.NoError(t, err)
	assert.Equal(t, query{groups: []string{"/a", "/b"}, lines: 7, text: `fields @timestamp, @message | filter @message like /x|'y/ and m = '|' | limit 7`,
		stages: []string{"fields @timestamp, @message", "filter @message like /x|'y/ and m = '|'", "limit 7"}}, q)

	q, err = parseQuery(`SOURCE '/a' | filter @message like /\/|/ | limit 5000`)
	require.NoError(t, err)
	assert.Equal(t, []string{`filter @message like /\/|/`, "limit 5000"}, q.stages)
	assert.Equal(t, 200, q.lines)

	_, err = parseQuery("fields @message")
	require.EqualError(t, err, "the query names no log group; right would be: SOURCE '<group>' | fields …, it is: fields @message")
}

func TestWhatTheEmulatorWouldPassOver(t *testing.T) {
	for stage, want := range map[string]bool{
		"fields @timestamp, @message": false, "fields event": true, "filter @message like /ERROR|x/i": false, "filter @logStream = 'a'": false,
		"filter level = 'error'": true, "filter @message like /a/ and @message like /b/": true, "sort @timestamp desc": false, "stats count()": true, "limit 3": false,
	} {
		assert.Equal(t, want, query{stages: []string{stage}}.beyondEmulator() == stage, stage)
	}
}

var asked = query{groups: []string{"/a"}, text: "fields @timestamp, @message | limit 2", lines: 2}

func TestAQueryIsRunAsItIs(t *testing.T) {
	q, w := question(t)
	w.query = func(in *cloudwatchlogs.StartQueryInput) error {
		assert.Equal(t, []string{"/a"}, in.LogGroupNames)
		assert.Equal(t, asked.text, *in.QueryString)
		assert.Equal(t, []int64{now.Add(-3 * time.Hour).Unix(), now.Unix(), 2}, []int64{*in.StartTime, *in.EndTime, int64(*in.Limit)})
		return nil
	}
	w.rows = [][]logtypes.ResultField{result("@timestamp", "2026-11-25 19:59:00.123", "@ptr", "p"), result("n", "2", "@timestamp", "x")}
	found, err := q.logs(t.Context(), asked)
	require.NoError(t, err)
	assert.Equal(t, logTable{Fields: []string{"@timestamp", "n"}, Rows: [][]string{{"25 Nov 20:59:00"}, {"x", "2"}}}, found)
	assert.Empty(t, w.from)
}

func TestWithoutInsightsTheNewestLinesAreShown(t *testing.T) {
	q, w := question(t)
	w.query = nil
	w.events = []logtypes.FilteredLogEvent{logged(20*time.Minute, "old"), logged(7*time.Minute, "newer"), logged(time.Minute, " newest\n")}
	found, err := q.logs(t.Context(), asked)
	require.NoError(t, err)
	assert.Equal(t, logTable{Fields: []string{"@timestamp", "@message"}, Rows: [][]string{{"25 Nov 20:59:00", "newest"}, {"25 Nov 20:53:00", "newer"}},
		Note: "The newest 2 lines, with the query's filter left out: the query cannot be started: UnknownOperation."}, found)
	assert.Equal(t, []int64{now.Add(-2 * time.Minute).UnixMilli(), now.Add(-8 * time.Minute).UnixMilli()}, w.from, "no further back than it must")

	w.events, w.from = nil, nil
	found, err = q.logs(t.Context(), asked)
	require.NoError(t, err)
	assert.Empty(t, found.Rows)
	assert.Equal(t, now.Add(-3*time.Hour).UnixMilli(), w.from[len(w.from)-1], "no further back than the page")
}

func TestWhatTheEmulatorCannotFilterIsNotAskedOfIt(t *testing.T) {
	q, w := question(t)
	w.query = func(*cloudwatchlogs.StartQueryInput) error { return errors.New("asked") }
	hard := query{groups: []string{"/a"}, text: "stats count()", stages: []string{"stats count()"}, lines: 1}
	found, err := q.logs(t.Context(), hard)
	require.NoError(t, err)
	assert.Equal(t, `The newest 1 lines, with the query's filter left out: the emulator does not carry out "stats count()".`, found.Note)

	q.Emulated = false
	found, err = q.logs(t.Context(), hard)
	require.NoError(t, err)
	assert.Equal(t, "The newest 1 lines, with the query's filter left out: the query cannot be started: asked.", found.Note)
}
