package dashboard

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// alarm is a line of an alarm widget.
type alarm struct {
	Name        string // without the stack's prefix
	State       string // the word shown: "ALARM", "OK", "no data", "gone"
	Class       string // of its colour: "bad", "good", "none"
	Since       string // "" if unknown
	Description string // only of one in ALARM
}

const mostAlarms = 100 // of one call of DescribeAlarms

// alarms asks for the states of the alarms, those in ALARM first.
func (q Question) alarms(ctx context.Context, arns []string) ([]alarm, error) {
	var names []string
	for _, arn := range arns {
		_, name, ok := strings.Cut(arn, ":alarm:")
		if !ok {
			return nil, fmt.Errorf("%q is no alarm's ARN; right would be arn:aws:cloudwatch:<region>:<account>:alarm:<name>", arn)
		}
		names = append(names, name)
	}
	known := map[string]alarm{}
	for batch := range slices.Chunk(names, mostAlarms) {
		answer, err := q.CloudWatch.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{
			AlarmNames: batch, MaxRecords: aws.Int32(mostAlarms), AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm, types.AlarmTypeCompositeAlarm},
		})
		if err != nil {
			return nil, fmt.Errorf("cannot ask for the alarms: %w", err)
		}
		for _, a := range answer.MetricAlarms {
			known[aws.ToString(a.AlarmName)] = shown(a.StateValue, a.AlarmDescription, a.StateTransitionedTimestamp, a.StateUpdatedTimestamp)
		}
		for _, a := range answer.CompositeAlarms {
			known[aws.ToString(a.AlarmName)] = shown(a.StateValue, a.AlarmDescription, a.StateTransitionedTimestamp, a.StateUpdatedTimestamp)
		}
	}
	var list []alarm
	for _, name := range names {
		a, ok := known[name]
		if !ok {
			a = alarm{State: "gone", Class: "none", Description: "there is no alarm of this name"}
		}
		a.Name = strings.TrimPrefix(name, q.AlarmPrefix)
		list = append(list, a)
	}
	slices.SortStableFunc(list, func(a, b alarm) int { return strings.Compare(a.Class, b.Class) }) // bad, good, none
	return list, nil
}

func shown(state types.StateValue, description *string, moments ...*time.Time) alarm {
	a := alarm{State: "no data", Class: "none"}
	switch state {
	case types.StateValueAlarm:
		a.State, a.Class, a.Description = "ALARM", "bad", aws.ToString(description)
	case types.StateValueOk:
		a.State, a.Class = "OK", "good"
	}
	for _, m := range moments {
		if m != nil {
			a.Since = "since " + m.Local().Format("2 Jan 15:04")
			break
		}
	}
	return a
}
