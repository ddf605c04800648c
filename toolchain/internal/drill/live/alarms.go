package live

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

// alarms are the stack's alarms that went to ALARM between the two moments, sorted. Each state is written to the alarm's
// history, so one that has come and gone is told too.
func (d *Drill) alarms(ctx context.Context, from, to time.Time) ([]string, error) {
	names := []string{}
	input := &cloudwatch.DescribeAlarmHistoryInput{
		// Composite alarms are told only if they are asked for.
		AlarmTypes:      []types.AlarmType{types.AlarmTypeMetricAlarm, types.AlarmTypeCompositeAlarm},
		HistoryItemType: types.HistoryItemTypeStateUpdate, StartDate: &from, EndDate: &to,
	}
	for {
		page, err := d.Alarms.DescribeAlarmHistory(ctx, input)
		if err != nil {
			return nil, fmt.Errorf("cannot ask which alarms went off: %w", err)
		}
		for _, item := range page.AlarmHistoryItems {
			name := aws.ToString(item.AlarmName)
			// "Alarm updated from OK to ALARM"; the details are not in every protocol's answer.
			if strings.HasPrefix(name, d.AlarmPrefix) && strings.HasSuffix(aws.ToString(item.HistorySummary), " to ALARM") {
				names = append(names, name)
			}
		}
		if input.NextToken = page.NextToken; aws.ToString(input.NextToken) == "" {
			slices.Sort(names)
			return slices.Compact(names), nil
		}
	}
}
