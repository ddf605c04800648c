// Package dashboard draws a stack's CloudWatch dashboard as one HTML file that needs nothing else: no AWS console, which
// an emulator has not, and no network.
package dashboard

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"golang.org/x/sync/errgroup"
)

// CloudWatch is the part of its API that is used.
type CloudWatch interface {
	GetDashboard(context.Context, *cloudwatch.GetDashboardInput, ...func(*cloudwatch.Options)) (*cloudwatch.GetDashboardOutput, error)
	GetMetricData(context.Context, *cloudwatch.GetMetricDataInput, ...func(*cloudwatch.Options)) (*cloudwatch.GetMetricDataOutput, error)
	DescribeAlarms(context.Context, *cloudwatch.DescribeAlarmsInput, ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmsOutput, error)
}

// Logs is the part of CloudWatch Logs that is used.
type Logs interface {
	StartQuery(context.Context, *cloudwatchlogs.StartQueryInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.StartQueryOutput, error)
	GetQueryResults(context.Context, *cloudwatchlogs.GetQueryResultsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.GetQueryResultsOutput, error)
	FilterLogEvents(context.Context, *cloudwatchlogs.FilterLogEventsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error)
}

// Question is what to draw.
type Question struct {
	CloudWatch  CloudWatch
	Logs        Logs
	Stack       string
	Region      string
	Dashboard   string // its name
	AlarmPrefix string // what all alarms of the stack begin with
	Emulated    bool
	Now         time.Time
	Last        time.Duration // how far back
	Within      time.Duration // for each question to AWS
}

// atOnce is how many questions are asked at the same time.
const atOnce = 5

func (q Question) from() time.Time { return q.Now.Add(-q.Last).Truncate(time.Minute) }

// Build reads the dashboard and all that it shows. A panel that fails says so in the page; only a dashboard that cannot
// be read is an error.
func Build(ctx context.Context, q Question) (Page, error) {
	within, cancel := context.WithTimeout(ctx, q.Within)
	defer cancel()
	found, err := q.CloudWatch.GetDashboard(within, &cloudwatch.GetDashboardInput{DashboardName: &q.Dashboard})
	if err != nil {
		return Page{}, fmt.Errorf("cannot read the dashboard %s: %w; right would be an answer within %s and leave to do cloudwatch:GetDashboard", q.Dashboard, err, q.Within)
	}
	widgets, err := parse(aws.ToString(found.DashboardBody))
	if err != nil {
		return Page{}, fmt.Errorf("cannot read the dashboard %s: %w", q.Dashboard, err)
	}
	panels := make([]Panel, len(widgets))
	drawings := make([]drawing, len(widgets))
	var all []*series
	for i, w := range widgets {
		panels[i], drawings[i] = q.panel(w)
		all = append(all, drawings[i].series...)
	}
	var group errgroup.Group
	group.SetLimit(atOnce)
	group.Go(func() error {
		q.fetch(ctx, all)
		return nil
	})
	for i := range panels {
		if ask := drawings[i].ask; ask != nil {
			group.Go(func() error {
				within, cancel := context.WithTimeout(ctx, q.Within)
				defer cancel()
				if err := ask(within, &panels[i]); err != nil {
					panels[i].Failure = err.Error()
				}
				return nil
			})
		}
	}
	_ = group.Wait()
	for i := range panels {
		if draw := drawings[i].draw; draw != nil {
			if err := draw(&panels[i]); err != nil {
				panels[i].Failure = err.Error()
			}
		}
	}
	return q.page(panels, all), ctx.Err()
}
