package dashboard

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/stretchr/testify/require"
)

// now is the moment of all pages here.
var now = time.Date(2026, 11, 25, 20, 0, 0, 0, time.UTC)

// world is a CloudWatch and its logs. Its data is made up by the metric's name; asked notes each query.
type world struct {
	body   string
	mutex  sync.Mutex
	asked  []string // "region namespace name dimensions stat period"
	calls  int      // of GetMetricData
	states map[string]types.StateValue
	events []logtypes.FilteredLogEvent
	query  func(*cloudwatchlogs.StartQueryInput) error // nil: there is no Insights
	rows   [][]logtypes.ResultField
	from   []int64 // where FilterLogEvents was to begin
}

func (w *world) GetDashboard(_ context.Context, in *cloudwatch.GetDashboardInput, _ ...func(*cloudwatch.Options)) (*cloudwatch.GetDashboardOutput, error) {
	if *in.DashboardName != "botyard-local" {
		return nil, errors.New("ResourceNotFound: it does not exist")
	}
	return &cloudwatch.GetDashboardOutput{DashboardBody: &w.body}, nil
}

func (w *world) GetMetricData(_ context.Context, in *cloudwatch.GetMetricDataInput, options ...func(*cloudwatch.Options)) (*cloudwatch.GetMetricDataOutput, error) {
	var o cloudwatch.Options
	for _, set := range options {
		set(&o)
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.calls++
	if len(in.MetricDataQueries) > 500 {
		return nil, errors.New("ValidationError: more than 500 queries")
	}
	if o.Region == "us-west-2" {
		return nil, errors.New("AccessDenied: not in us-west-2")
	}
	out := &cloudwatch.GetMetricDataOutput{}
	for _, q := range in.MetricDataQueries {
		m := q.MetricStat.Metric
		named := []string{o.Region, *m.Namespace, *m.MetricName}
		for _, d := range m.Dimensions {
			named = append(named, *d.Name+"="+*d.Value)
		}
		w.asked = append(w.asked, strings.Join(append(named, *q.MetricStat.Stat, fmt.Sprint(*q.MetricStat.Period)), " "))
		r := types.MetricDataResult{Id: q.Id, StatusCode: types.StatusCodeComplete}
		// The newest first, as CloudWatch does it if it is not told otherwise, and only the last day.
		for at := in.EndTime.Truncate(time.Minute); at.After(*in.StartTime); at = at.Add(-time.Duration(*q.MetricStat.Period) * time.Second) {
			if v := madeUp(named, at); !math.IsNaN(v) {
				r.Timestamps, r.Values = append(r.Timestamps, at), append(r.Values, v)
			}
		}
		out.MetricDataResults = append(out.MetricDataResults, r)
	}
	return out, nil
}

// madeUp is the value of a metric, NaN for none.
func madeUp(named []string, at time.Time) float64 {
	ago := now.Sub(at).Minutes()
	noise := rand.New(rand.NewPCG(uint64(at.Unix()), uint64(len(strings.Join(named, ""))))).Float64()
	switch strings.Join(named[1:3], "/") {
	case "AWS/ECS/CPUUtilization":
		if slices.Contains(named, "ServiceName=bot") && 40 < ago && ago < 62 {
			return math.NaN() // the bot was down
		}
		if slices.Contains(named, "ServiceName=leveling-api") {
			return 2
		}
		return 1
	case "AWS/ApplicationELB/RequestCount":
		return math.Round(40 + 25*math.Sin(ago/30) + 12*noise)
	case "AWS/ApplicationELB/HTTPCode_Target_5XX_Count":
		if 40 < ago && ago < 45 {
			return 11
		}
		if int(ago)%53 == 0 {
			return 1
		}
		return math.NaN()
	case "AWS/ApplicationELB/TargetResponseTime":
		return .4 + .3*noise + 2.2*math.Exp(-math.Pow((ago-45)/10, 2))
	case "AWS/EC2/CPUUtilization":
		if int(ago)%5 != 0 {
			return math.NaN() // basic monitoring: each 5 min
		}
		return 30 + 8*noise + 40*math.Exp(-math.Pow((ago-70)/20, 2))
	case "AWS/RDS/FreeStorageSpace":
		return 1.83e10 + 1e6*ago
	}
	return math.NaN()
}

func (w *world) DescribeAlarms(_ context.Context, in *cloudwatch.DescribeAlarmsInput, _ ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmsOutput, error) {
	out := &cloudwatch.DescribeAlarmsOutput{}
	for _, name := range in.AlarmNames {
		state, ok := w.states[strings.TrimPrefix(name, "botyard-local-")]
		switch {
		case !ok:
		case strings.HasSuffix(name, "-down"):
			out.CompositeAlarms = append(out.CompositeAlarms, types.CompositeAlarm{AlarmName: aws.String(name), StateValue: state,
				StateTransitionedTimestamp: aws.Time(now.Add(-12 * time.Minute)), AlarmDescription: aws.String("The bot gives no sign & has <no> task: see the runbook")})
		default:
			out.MetricAlarms = append(out.MetricAlarms, types.MetricAlarm{AlarmName: aws.String(name), StateValue: state, StateUpdatedTimestamp: aws.Time(now.Add(-30 * time.Hour))})
		}
	}
	return out, nil
}

func (w *world) StartQuery(_ context.Context, in *cloudwatchlogs.StartQueryInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.StartQueryOutput, error) {
	if w.query == nil {
		return nil, errors.New("UnknownOperation")
	}
	return &cloudwatchlogs.StartQueryOutput{QueryId: aws.String("1")}, w.query(in)
}

func (w *world) GetQueryResults(context.Context, *cloudwatchlogs.GetQueryResultsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.GetQueryResultsOutput, error) {
	return &cloudwatchlogs.GetQueryResultsOutput{Status: logtypes.QueryStatusComplete, Results: w.rows}, nil
}

func (w *world) FilterLogEvents(_ context.Context, in *cloudwatchlogs.FilterLogEventsInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.from = append(w.from, *in.StartTime)
	out := &cloudwatchlogs.FilterLogEventsOutput{}
	for _, e := range w.events {
		if *e.Timestamp >= *in.StartTime {
			out.Events = append(out.Events, e)
		}
	}
	return out, nil
}

func logged(ago time.Duration, message string) logtypes.FilteredLogEvent {
	return logtypes.FilteredLogEvent{Timestamp: aws.Int64(now.Add(-ago).UnixMilli()), Message: &message}
}

func result(pairs ...string) []logtypes.ResultField {
	var fields []logtypes.ResultField
	for pair := range slices.Chunk(pairs, 2) {
		fields = append(fields, logtypes.ResultField{Field: &pair[0], Value: &pair[1]})
	}
	return fields
}

// question is on a stack whose dashboard is the file testdata/dashboard.json, in the time zone of Berlin's winter.
func question(t *testing.T) (Question, *world) {
	t.Helper()
	zone := time.Local
	time.Local = time.FixedZone("CET", 3600)
	t.Cleanup(func() { time.Local = zone })
	body, err := os.ReadFile("testdata/dashboard.json")
	require.NoError(t, err)
	w := &world{
		body: string(body),
		states: map[string]types.StateValue{"bot-down": "ALARM", "bot-heartbeat": "ALARM", "host-status-check": "OK", "database-storage": "OK",
			"leveling-api-running-tasks": "INSUFFICIENT_DATA"},
		query: func(*cloudwatchlogs.StartQueryInput) error { return nil },
	}
	for i := range 14 {
		w.rows = append(w.rows, result("@timestamp", now.Add(-time.Duration(41*60+i*7)*time.Second).Format("2006-01-02 15:04:05.000"), "@message",
			[]string{`{"level":"ERROR","logger":"bot.rest","message":"the model did not answer within 10 s","task":"1a2b3c4d5e6f"}`,
				"Traceback (most recent call last):\n  File \"/srv/bot/__main__.py\", line 31, in main\nConnectionError: <nobody> listens"}[i%2], "@ptr", "x"))
	}
	w.events = []logtypes.FilteredLogEvent{logged(3*time.Hour, "oldest"), logged(time.Minute, `{"source":"warden","event":"heartbeat","service":"bot","token":17}`),
		logged(30*time.Second, `{"source":"warden","event":"taken","service":"bot","token":18,"task":"1a2b3c4d"}`), logged(15*time.Second, `{"source":"warden","event":"heartbeat"}`)}
	return Question{
		CloudWatch: w, Logs: w, Stack: "local", Region: "us-east-1", Dashboard: "botyard-local", AlarmPrefix: "botyard-local-",
		Emulated: true, Now: now, Last: 3 * time.Hour, Within: time.Second,
	}, w
}
