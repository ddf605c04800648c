package platform

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// declareHeartbeat makes a metric of the warden's heartbeats, which it logs only while it runs the service and the probe
// holds, and an alarm of three minutes without one. No data is what it is for: breaching.
// Source: AWS's recommended alarms have none for a service of one's own; 60 s, 3 of 3, as for a failed status check.
func declareHeartbeat(ctx *pulumi.Context, name string, args *ServiceArgs, group *cloudwatch.LogGroup, child pulumi.ResourceOption) (*cloudwatch.MetricAlarm, error) {
	namespace := "Botyard/" + args.Names.Name(200)
	_, err := cloudwatch.NewLogMetricFilter(ctx, name+"-heartbeat", &cloudwatch.LogMetricFilterArgs{
		Name:         pulumi.String("heartbeat"),
		LogGroupName: group.Name,
		Pattern:      pulumi.String(`{ $.source = "warden" && $.event = "heartbeat" }`),
		MetricTransformation: cloudwatch.LogMetricFilterMetricTransformationArgs{
			Namespace: pulumi.String(namespace), Name: pulumi.String("Heartbeat"), Value: pulumi.String("1"),
			Dimensions: pulumi.StringMap{"Service": pulumi.String("$.service")},
		},
	}, child)
	if err != nil {
		return nil, err
	}
	return metricAlarm{
		description: name + ": no heartbeat for three minutes; it does not run, or its probe does not hold",
		namespace:   namespace, metric: "Heartbeat", statistic: "Sum", comparison: "LessThanThreshold",
		dimensions: pulumi.StringMap{"Service": pulumi.String(name)},
		period:     60, periods: 3, threshold: 1, missing: "breaching",
	}.declare(ctx, name+"-heartbeat", args.Names, args.Alerts, child)
}

// declareDown declares the alarm of a service that is gone with its host or its tasks. It is what drives the recovery: a
// missing heartbeat alone only pages, because a restart elsewhere cures no outage of the chat network.
func declareDown(ctx *pulumi.Context, name string, args *ServiceArgs, heartbeat, tasks *cloudwatch.MetricAlarm, child pulumi.ResourceOption) (*pulumi.StringOutput, error) {
	because := pulumi.Sprintf("ALARM(%q)", tasks.Name)
	for _, hosts := range args.Cluster.Hosts {
		because = pulumi.Sprintf("%s OR ALARM(%q)", because, hosts.StatusAlarm)
	}
	alarm, err := cloudwatch.NewCompositeAlarm(ctx, name+"-down", &cloudwatch.CompositeAlarmArgs{
		AlarmName:        pulumi.String(args.Names.Name(255, name, "down")),
		AlarmDescription: pulumi.String(fmt.Sprintf("%s is down: no heartbeat, and no running task or a failed host", name)),
		AlarmRule:        pulumi.Sprintf("ALARM(%q) AND (%s)", heartbeat.Name, because),
		AlarmActions:     pulumi.StringArray{args.Alerts.TopicArn}, OkActions: pulumi.StringArray{args.Alerts.TopicArn},
	}, child)
	if err != nil {
		return nil, err
	}
	return &alarm.AlarmName, nil
}
