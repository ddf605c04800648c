// Package logs prints and follows the CloudWatch Logs of a service.
package logs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
)

// API is the part of CloudWatch Logs that is used.
type API interface {
	FilterLogEvents(context.Context, *cloudwatchlogs.FilterLogEventsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error)
}

// overlap is how far each further look reaches back: events may arrive later than others of the same moment.
const overlap = 10 * time.Second

// Tail is what to print.
type Tail struct {
	Client API
	Group  string        // the log group
	Since  time.Time     // events from then on
	Follow bool          // go on until ctx ends
	Every  time.Duration // between two looks
	Out    io.Writer
}

// Run prints the events in order of their time. When it follows, the end of ctx is its regular end.
func (t Tail) Run(ctx context.Context) error {
	seen := map[string]int64{}
	from := t.Since.UnixMilli()
	for {
		events, err := t.events(ctx, from)
		if ctx.Err() != nil && t.Follow {
			return nil
		}
		if err != nil {
			return err
		}
		for _, event := range events {
			if _, known := seen[key(event)]; known {
				continue
			}
			seen[key(event)] = at(event)
			if err := t.print(event); err != nil {
				return err
			}
			from = max(from, at(event)-overlap.Milliseconds())
		}
		for id, when := range seen {
			if when < from {
				delete(seen, id)
			}
		}
		if !t.Follow {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(t.Every):
		}
	}
}

func (t Tail) events(ctx context.Context, from int64) ([]types.FilteredLogEvent, error) {
	var all []types.FilteredLogEvent
	var next *string
	for {
		page, err := t.Client.FilterLogEvents(ctx, &cloudwatchlogs.FilterLogEventsInput{LogGroupName: &t.Group, StartTime: &from, NextToken: next})
		var none *types.ResourceNotFoundException
		if errors.As(err, &none) {
			return nil, fmt.Errorf("there is no log group %s; is the stack up?", t.Group)
		}
		if err != nil {
			return nil, fmt.Errorf("cannot read the log group %s: %w", t.Group, err)
		}
		all = append(all, page.Events...)
		if next = page.NextToken; next == nil || *next == "" {
			break
		}
	}
	slices.SortStableFunc(all, func(a, b types.FilteredLogEvent) int { return int(at(a) - at(b)) })
	return all, nil
}

func (t Tail) print(event types.FilteredLogEvent) error {
	message := ""
	if event.Message != nil {
		message = strings.TrimRight(*event.Message, "\n")
	}
	_, err := fmt.Fprintf(t.Out, "%s %s\n", time.UnixMilli(at(event)).UTC().Format("2006-01-02T15:04:05.000Z"), message)
	return err
}

func at(event types.FilteredLogEvent) int64 {
	if event.Timestamp == nil {
		return 0
	}
	return *event.Timestamp
}

func key(event types.FilteredLogEvent) string {
	if event.EventId != nil && *event.EventId != "" {
		return *event.EventId
	}
	stream, message := "", ""
	if event.LogStreamName != nil {
		stream = *event.LogStreamName
	}
	if event.Message != nil {
		message = *event.Message
	}
	return fmt.Sprintf("%s %d %s", stream, at(event), message)
}
