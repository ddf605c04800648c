package status

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// Alarm is an alarm that is in ALARM.
type Alarm struct {
	Name        string    `json:"name"`        // without the stack's prefix
	Since       time.Time `json:"since"`       // UTC
	Description string    `json:"description"` // its first sentence
}

// Alarms is the part of CloudWatch that is used.
type Alarms interface {
	DescribeAlarms(context.Context, *cloudwatch.DescribeAlarmsInput, ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmsOutput, error)
}

// alarms are those whose names begin with prefix and that are in ALARM, the newest first, and the number of those without
// enough data to tell.
func alarms(ctx context.Context, client Alarms, prefix string) (firing []Alarm, insufficient int, err error) {
	firing = []Alarm{}
	count := func(name, description *string, state types.StateValue, moments ...*time.Time) {
		switch state {
		case types.StateValueInsufficientData:
			insufficient++
		case types.StateValueAlarm:
			firing = append(firing, Alarm{
				Name: strings.TrimPrefix(aws.ToString(name), prefix), Since: first(moments), Description: sentence(aws.ToString(description)),
			})
		}
	}
	input := &cloudwatch.DescribeAlarmsInput{
		// Composite alarms are told only if they are asked for.
		AlarmNamePrefix: &prefix, AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm, types.AlarmTypeCompositeAlarm},
	}
	for {
		page, err := client.DescribeAlarms(ctx, input)
		if err != nil {
			return nil, 0, err
		}
		for _, a := range page.MetricAlarms {
			count(a.AlarmName, a.AlarmDescription, a.StateValue, a.StateTransitionedTimestamp, a.StateUpdatedTimestamp)
		}
		for _, a := range page.CompositeAlarms {
			count(a.AlarmName, a.AlarmDescription, a.StateValue, a.StateTransitionedTimestamp, a.StateUpdatedTimestamp)
		}
		if input.NextToken = page.NextToken; aws.ToString(input.NextToken) == "" {
			break
		}
	}
	slices.SortStableFunc(firing, func(a, b Alarm) int { return b.Since.Compare(a.Since) })
	return firing, insufficient, nil
}

// first is the first moment that is known: an update without a transition moves StateUpdatedTimestamp, and an emulated
// metric alarm has that only.
func first(moments []*time.Time) time.Time {
	for _, m := range moments {
		if m != nil {
			return m.UTC()
		}
	}
	return time.Time{}
}

// sentence is a text's first one. A stop within a word ("5.5") or before a small letter ("e.g. one") ends none.
func sentence(description string) string {
	description = strings.Join(strings.Fields(description), " ")
	for i := 0; i+2 < len(description); i++ {
		if description[i] == '.' && description[i+1] == ' ' && !('a' <= description[i+2] && description[i+2] <= 'z') {
			return description[:i]
		}
	}
	return strings.TrimSuffix(description, ".")
}
