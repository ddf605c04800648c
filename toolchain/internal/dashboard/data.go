package dashboard

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"golang.org/x/sync/errgroup"
)

// series is a metric and its data, the oldest first.
type series struct {
	metric
	points []point
}

type point struct {
	at    time.Time
	value float64
}

const (
	mostQueries = 500  // of one call of GetMetricData
	mostPoints  = 1440 // of one series: a line of a panel has no more pixels
)

// fetch fills all series, in batches by region. What fails is said in the series.
func (q Question) fetch(ctx context.Context, all []*series) {
	byRegion := map[string][]*series{}
	for _, s := range all {
		if s.failure == "" {
			s.period = max(s.period, q.coarsest())
			byRegion[s.region] = append(byRegion[s.region], s)
		}
	}
	var group errgroup.Group
	group.SetLimit(atOnce)
	for region, list := range byRegion {
		for batch := range slices.Chunk(list, mostQueries) {
			group.Go(func() error {
				within, cancel := context.WithTimeout(ctx, q.Within)
				defer cancel()
				if err := q.batch(within, region, batch); err != nil {
					for _, s := range batch {
						s.points, s.failure = nil, "cannot read metrics: "+err.Error()
					}
				}
				return nil
			})
		}
	}
	_ = group.Wait()
}

// coarsest is the period below which there would be more points than pixels, in whole minutes.
func (q Question) coarsest() seconds {
	minutes := int(q.Last.Minutes())
	return seconds(60 * ((minutes + mostPoints - 1) / mostPoints))
}

func (q Question) batch(ctx context.Context, region string, batch []*series) error {
	input := &cloudwatch.GetMetricDataInput{StartTime: aws.Time(q.from()), EndTime: &q.Now, ScanBy: types.ScanByTimestampAscending}
	byID := map[string]*series{}
	for i, s := range batch {
		id := "q" + strconv.Itoa(i)
		byID[id] = s
		stat := &types.MetricStat{
			Metric: &types.Metric{Namespace: &s.names[0], MetricName: &s.names[1]}, Period: aws.Int32(int32(s.period)), Stat: &s.stat,
		}
		for pair := range slices.Chunk(s.names[2:], 2) {
			stat.Metric.Dimensions = append(stat.Metric.Dimensions, types.Dimension{Name: &pair[0], Value: &pair[1]})
		}
		input.MetricDataQueries = append(input.MetricDataQueries, types.MetricDataQuery{Id: &id, MetricStat: stat})
	}
	there := func(o *cloudwatch.Options) {
		if region != "" {
			o.Region = region
		}
	}
	for {
		page, err := q.CloudWatch.GetMetricData(ctx, input, there)
		if err != nil {
			return err
		}
		for _, r := range page.MetricDataResults {
			if s := byID[aws.ToString(r.Id)]; s != nil {
				s.add(r)
			}
		}
		if input.NextToken = page.NextToken; aws.ToString(input.NextToken) == "" {
			break
		}
	}
	for _, s := range batch { // each page is sorted by itself
		slices.SortFunc(s.points, func(a, b point) int { return a.at.Compare(b.at) })
	}
	return nil
}

func (s *series) add(r types.MetricDataResult) {
	for i := range min(len(r.Timestamps), len(r.Values)) {
		s.points = append(s.points, point{r.Timestamps[i], r.Values[i]})
	}
	if r.StatusCode == types.StatusCodeInternalError || r.StatusCode == types.StatusCodeForbidden {
		s.failure = "CloudWatch says " + string(r.StatusCode)
		for _, m := range r.Messages {
			s.failure += fmt.Sprintf(": %s", aws.ToString(m.Value))
		}
	}
}

// runs are the stretches of points without a gap. A point is expected each period, or as often as the metric is in fact
// reported (each 5 min, say, where the widget's period is 1 min): the lower quartile of its steps tells that also of one
// that comes in bursts.
func (s series) runs() [][]point {
	if len(s.points) == 0 {
		return nil
	}
	var steps []time.Duration
	for i := 1; i < len(s.points); i++ {
		steps = append(steps, s.points[i].at.Sub(s.points[i-1].at))
	}
	every := time.Duration(s.period) * time.Second
	if len(steps) > 0 {
		every = max(every, slices.Sorted(slices.Values(steps))[len(steps)/4])
	}
	list := [][]point{{s.points[0]}}
	for i, step := range steps {
		if step > every*3/2 {
			list = append(list, nil)
		}
		list[len(list)-1] = append(list[len(list)-1], s.points[i+1])
	}
	return list
}
