package dashboard

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEachWidgetIsAPanelInItsPlace(t *testing.T) {
	q, w := question(t)
	page, err := Build(t.Context(), q)
	require.NoError(t, err)
	var lines []string
	for _, p := range page.Panels {
		lines = append(lines, fmt.Sprintf("%s | %s | %s | chart %t legend %d limits %d values %d alarms %d | %s%s | %s", p.Place, p.Type, p.Title,
			p.Wide != "" && p.Narrow != "", len(p.Legend), len(p.Limits), len(p.Values), len(p.Alarms), p.Empty, p.Failure, strings.Join(p.Notes, "; ")))
	}
	assert.Equal(t, []string{
		"--x:1;--w:24;--y:1;--h:1 | text |  | chart false legend 0 limits 0 values 0 alarms 0 |  | ",
		"--x:1;--w:9;--y:2;--h:7 | alarm | Alarms | chart false legend 0 limits 0 values 0 alarms 6 |  | ",
		"--x:10;--w:15;--y:2;--h:3 | metric | Now | chart false legend 0 limits 0 values 4 alarms 0 |  | ",
		"--x:10;--w:15;--y:5;--h:4 | metric | Running tasks | chart true legend 3 limits 1 values 0 alarms 0 |  | ",
		"--x:1;--w:12;--y:9;--h:6 | metric | Requests and answers | chart true legend 4 limits 1 values 0 alarms 0 |  | share: metric math is not shown here",
		"--x:13;--w:6;--y:9;--h:6 | metric | Processor of the host | chart true legend 1 limits 1 values 0 alarms 0 |  | ",
		"--x:19;--w:6;--y:9;--h:6 | metric | Free space of the database | chart true legend 1 limits 1 values 0 alarms 0 |  | ",
		"--x:1;--w:16;--y:15;--h:6 | log | Errors in the logs | chart false legend 0 limits 0 values 0 alarms 0 |  | ",
		"--x:17;--w:8;--y:15;--h:6 | metric | Restarts | chart false legend 0 limits 0 values 0 alarms 0 | no data in the last 3 hours | ",
		"--x:1;--w:8;--y:21;--h:3 | metric | Cost so far | chart false legend 0 limits 0 values 0 alarms 0 | EstimatedCharges: cannot read metrics: AccessDenied: not in us-west-2 | ",
		`--x:9;--w:8;--y:21;--h:3 | explorer |  | chart false legend 0 limits 0 values 0 alarms 0 | a widget of type "explorer" is not shown here; look at it in the CloudWatch console | `,
		"--x:17;--w:8;--y:21;--h:3 | log | Warden | chart false legend 0 limits 0 values 0 alarms 0 |  | " +
			`The newest 3 lines, with the query's filter left out: the emulator does not carry out "fields @timestamp, event".`,
	}, lines)
	assert.Equal(t, []alarm{
		{Name: "bot-down", State: "ALARM", Class: "bad", Since: "since 25 Nov 20:48", Description: "The bot gives no sign & has <no> task: see the runbook"},
		{Name: "bot-heartbeat", State: "ALARM", Class: "bad", Since: "since 24 Nov 15:00"},
		{Name: "database-storage", State: "OK", Class: "good", Since: "since 24 Nov 15:00"},
		{Name: "host-status-check", State: "OK", Class: "good", Since: "since 24 Nov 15:00"},
		{Name: "leveling-api-running-tasks", State: "no data", Class: "none", Since: "since 24 Nov 15:00"},
		{Name: "removed", State: "gone", Class: "none", Description: "there is no alarm of this name"},
	}, page.Panels[1].Alarms)
	assert.Equal(t, []entry{{Label: "requests a minute", Value: "43", At: "at 21:00"}, {Label: "answer, p99 s", Value: "0.533", At: "at 21:00"},
		{Label: "free on the database, B", Value: "18.3 G", At: "at 21:00"}, {Label: "replica lag", Value: "–", At: "no data"}}, page.Panels[2].Values)
	assert.Equal(t, []entry{{Label: "requests", Value: "43", Colour: "--c:var(--s0)"}, {Label: "failed", Value: "1", Colour: "--c:#d62728"},
		{Label: "p99 of the answer (right)", Value: "0.533", Colour: "--c:var(--s2)"}, {Label: "share", Value: "no data", Colour: "--c:var(--s3)"}}, page.Panels[4].Legend)
	assert.Equal(t, "a minute · right: seconds", page.Panels[4].AxisLabels)
	assert.Equal(t, []entry{{Label: "slow", Value: "2.5", Colour: "--c:var(--limit)"}}, page.Panels[4].Limits)

	assert.Contains(t, w.asked, " AWS/ECS CPUUtilization ClusterName=botyard-local ServiceName=leveling-api SampleCount 60", "the stack's own region is asked as always")
	assert.Contains(t, w.asked, " AWS/ApplicationELB TargetResponseTime LoadBalancer=app/edge/1 p99 60")
	assert.Equal(t, 2, w.calls, "one call a region")
	page.Style, page.Panels = "", nil
	assert.Equal(t, Page{Stack: "local", Region: "us-east-1", Dashboard: "botyard-local", Made: "Wed 25 Nov 2026, 21:00:00 CET", Last: "3 h", Newest: "newest data less than a minute old"}, page)
}

func TestWhatOthersWroteIsEscaped(t *testing.T) {
	q, _ := question(t)
	page, err := Build(t.Context(), q)
	require.NoError(t, err)
	page.Panels[2].Title = `</style><script>x</script>`
	var text bytes.Buffer
	require.NoError(t, page.Write(&text))
	assert.NotContains(t, text.String(), "<script")
	assert.Contains(t, text.String(), "ConnectionError: &lt;nobody&gt; listens")
	assert.Contains(t, text.String(), "no sign &amp; has &lt;no&gt; task")
	assert.Contains(t, text.String(), "Bots of the <strong>society</strong>.")
}

func TestQueriesGoInBatches(t *testing.T) {
	q, w := question(t)
	var all []*series
	for i := range 1001 {
		all = append(all, &series{metric: metric{names: []string{"n", fmt.Sprint(i)}, stat: "Sum", period: 60}})
	}
	q.fetch(t.Context(), all)
	assert.Equal(t, []int{3, 1001}, []int{w.calls, len(w.asked)})
	for _, s := range all {
		require.Empty(t, s.failure)
	}
	q.Last = 336 * time.Hour
	assert.Equal(t, seconds(14*60), q.coarsest(), "two weeks by the minute are more than CloudWatch tells or a panel shows")
}

func TestADashboardThatCannotBeRead(t *testing.T) {
	q, w := question(t)
	w.body = `{"widgets": 1}`
	_, err := Build(t.Context(), q)
	require.ErrorContains(t, err, "cannot read the dashboard botyard-local: its body is not CloudWatch's JSON: ")
	q.Dashboard = "other"
	_, err = Build(t.Context(), q)
	require.EqualError(t, err, "cannot read the dashboard other: ResourceNotFound: it does not exist; right would be an answer within 1s and leave to do cloudwatch:GetDashboard")
}

func TestWidgetsThatCannotBeShownSaySo(t *testing.T) {
	q, w := question(t)
	w.body = `{"widgets": [
		{"type": "metric", "properties": {"view": "pie", "metrics": [["a", "b"]]}}, {"type": "metric", "properties": {"metrics": []}},
		{"type": "metric", "properties": {"metrics": [["a"]]}}, {"type": "log", "properties": {"view": "bar", "query": "SOURCE 'a'"}},
		{"type": "alarm", "properties": {"alarms": ["bot"]}}, {"type": "alarm", "properties": {"alarms": 1}}, {"type": "metric", "properties": {"stacked": true, "metrics": [["AWS/RDS", "FreeStorageSpace"]]}},
		{"type": "metric", "properties": {"metrics": [["a", "b"], [{"expression": "m1/2", "label": "half"}]]}}, {"type": "metric", "properties": {"metrics": [[{"expression": "m1"}]]}}]}`
	page, err := Build(t.Context(), q)
	require.NoError(t, err)
	var said []string
	for _, p := range page.Panels {
		said = append(said, p.Failure+p.Empty+strings.Join(append([]string{""}, p.Notes...), " "))
	}
	assert.Equal(t, []string{
		`a metric widget's view "pie" is not shown here, only timeSeries and singleValue`, "the widget names no metrics",
		"metric 1: it has 1 elements; right would be namespace, name, and pairs of dimension and value", `a log widget's view "bar" is not shown here, only table`,
		`"bot" is no alarm's ARN; right would be arn:aws:cloudwatch:<region>:<account>:alarm:<name>`,
		"the widget's properties are not those of type alarm: json: cannot unmarshal number into Go struct field .alarms of type []string",
		" Stacked in CloudWatch; here each line has its own value.",
		"no data in the last 3 hours half: metric math is not shown here", "m1: metric math is not shown here",
	}, said)
}
