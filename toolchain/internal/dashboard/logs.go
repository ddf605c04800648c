package dashboard

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
)

// logTable are lines of a log.
type logTable struct {
	Fields []string
	Rows   [][]string
	Note   string // what is other than the query says, and why
}

const (
	pollEvery = 300 * time.Millisecond
	longest   = 600 // characters of a value
)

// logs runs the query; where that cannot be, it shows the newest lines of the groups.
func (q Question) logs(ctx context.Context, asked query) (logTable, error) {
	why := ""
	if stage := asked.beyondEmulator(); q.Emulated && stage != "" {
		why = fmt.Sprintf("the emulator does not carry out %q", stage)
	} else {
		t, err := q.insights(ctx, asked)
		if err == nil {
			return t, nil
		}
		why = err.Error()
	}
	t, err := q.newest(ctx, asked)
	if err != nil {
		return t, err
	}
	t.Note = fmt.Sprintf("The newest %d lines, with the query's filter left out: %s.", asked.lines, why)
	return t, nil
}

// insights runs the query in CloudWatch Logs Insights.
func (q Question) insights(ctx context.Context, asked query) (logTable, error) {
	var t logTable
	started, err := q.Logs.StartQuery(ctx, &cloudwatchlogs.StartQueryInput{
		LogGroupNames: asked.groups, QueryString: &asked.text, Limit: aws.Int32(int32(asked.lines)),
		StartTime: aws.Int64(q.from().Unix()), EndTime: aws.Int64(q.Now.Unix()),
	})
	if err != nil {
		return t, fmt.Errorf("the query cannot be started: %w", err)
	}
	for {
		answer, err := q.Logs.GetQueryResults(ctx, &cloudwatchlogs.GetQueryResultsInput{QueryId: started.QueryId})
		if err != nil {
			return t, fmt.Errorf("the query's results cannot be read: %w", err)
		}
		switch answer.Status {
		case types.QueryStatusComplete:
			for _, row := range answer.Results {
				t.add(row)
			}
			return t, nil
		case types.QueryStatusScheduled, types.QueryStatusRunning:
		default:
			return t, fmt.Errorf("the query ended as %s", answer.Status)
		}
		select {
		case <-ctx.Done():
			return t, fmt.Errorf("the query did not end within %s", q.Within)
		case <-time.After(pollEvery):
		}
	}
}

// add puts a result below the others. @ptr, which every result has, tells a person nothing.
func (t *logTable) add(result []types.ResultField) {
	row := make([]string, len(t.Fields))
	for _, f := range result {
		name, value := aws.ToString(f.Field), aws.ToString(f.Value)
		if name == "@ptr" {
			continue
		}
		at := slices.Index(t.Fields, name)
		if at < 0 {
			at, t.Fields, row = len(t.Fields), append(t.Fields, name), append(row, "")
		}
		if name == "@timestamp" {
			if parsed, err := time.Parse("2006-01-02 15:04:05.000", value); err == nil {
				value = clock(parsed)
			}
		}
		row[at] = shortened(value)
	}
	t.Rows = append(t.Rows, row)
}

// newest reads the groups' last lines, the newest first: from ever longer ago, since events are told oldest first.
func (q Question) newest(ctx context.Context, asked query) (logTable, error) {
	t := logTable{Fields: []string{"@timestamp", "@message"}}
	var found []types.FilteredLogEvent
	for back := 2 * time.Minute; len(found) < asked.lines; back *= 4 {
		back = min(back, q.Last)
		found = nil
		for _, group := range asked.groups {
			events, err := q.events(ctx, group, q.Now.Add(-back))
			if err != nil {
				return t, fmt.Errorf("cannot read the log group %s: %w", group, err)
			}
			found = append(found, events...)
		}
		if back == q.Last {
			break
		}
	}
	slices.SortStableFunc(found, func(a, b types.FilteredLogEvent) int {
		return int(aws.ToInt64(b.Timestamp) - aws.ToInt64(a.Timestamp))
	})
	for _, e := range found[:min(asked.lines, len(found))] {
		t.Rows = append(t.Rows, []string{clock(time.UnixMilli(aws.ToInt64(e.Timestamp))), shortened(aws.ToString(e.Message))})
	}
	return t, nil
}

func (q Question) events(ctx context.Context, group string, from time.Time) ([]types.FilteredLogEvent, error) {
	var all []types.FilteredLogEvent
	input := &cloudwatchlogs.FilterLogEventsInput{LogGroupName: &group, StartTime: aws.Int64(from.UnixMilli()), EndTime: aws.Int64(q.Now.UnixMilli())}
	for {
		page, err := q.Logs.FilterLogEvents(ctx, input)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Events...)
		if input.NextToken = page.NextToken; aws.ToString(input.NextToken) == "" {
			return all, nil
		}
	}
}

func clock(t time.Time) string { return t.Local().Format("2 Jan 15:04:05") }

func shortened(value string) string {
	value = strings.TrimSpace(value)
	if runes := []rune(value); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return value
}
