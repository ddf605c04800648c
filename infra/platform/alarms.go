package platform

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// metricAlarm is an alarm on one metric.
type metricAlarm struct {
	description, namespace, metric, statistic, comparison string
	dimensions                                            pulumi.StringMap
	// periods of period seconds, of which all must breach.
	period, periods int
	threshold       float64
	// missing says what no data means: breaching, notBreaching, missing or ignore.
	missing string
}

func (m metricAlarm) declare(ctx *pulumi.Context, name string, names Namer, alerts *Alerts, child pulumi.ResourceOption) (*cloudwatch.MetricAlarm, error) {
	return cloudwatch.NewMetricAlarm(ctx, name, &cloudwatch.MetricAlarmArgs{
		Name:             pulumi.String(names.Name(255, name)),
		AlarmDescription: pulumi.String(m.description),
		Namespace:        pulumi.String(m.namespace), MetricName: pulumi.String(m.metric), Dimensions: m.dimensions,
		Statistic: pulumi.String(m.statistic), ComparisonOperator: pulumi.String(m.comparison),
		Period: pulumi.Int(m.period), EvaluationPeriods: pulumi.Int(m.periods), DatapointsToAlarm: pulumi.Int(m.periods),
		Threshold: pulumi.Float64(m.threshold), TreatMissingData: pulumi.String(m.missing),
		AlarmActions: pulumi.Array{alerts.TopicArn}, OkActions: pulumi.Array{alerts.TopicArn},
	}, child)
}

// declareServiceAlarms declares a service's alarms: too few running tasks, of its standby too; and with a warden, no
// heartbeat, and both together. It returns the name of the last, nil without a warden.
func declareServiceAlarms(ctx *pulumi.Context, name string, args *ServiceArgs, group *cloudwatch.LogGroup, child pulumi.ResourceOption) (*pulumi.StringOutput, error) {
	tasks, err := runningTasks(name, args).declare(ctx, name+"-running-tasks", args.Names, args.Alerts, child)
	if err != nil || args.Warden == nil {
		return nil, err
	}
	if args.hasStandby() {
		standby := standbyName(name)
		if _, err := runningTasks(standby, args).declare(ctx, standby+"-running-tasks", args.Names, args.Alerts, child); err != nil {
			return nil, err
		}
	}
	heartbeat, err := declareHeartbeat(ctx, name, args, group, child)
	if err != nil {
		return nil, err
	}
	return declareDown(ctx, name, args, heartbeat, tasks, child)
}

// runningTasks is the alarm of an ECS service with too few running tasks. Each running task reports its CPU once a minute,
// so the number of samples is the number of tasks; this needs no Container Insights. No data at all means that nothing
// runs: breaching.
// Source: AWS's recommended alarms, Amazon ECS.
func runningTasks(service string, args *ServiceArgs) metricAlarm {
	return metricAlarm{
		description: fmt.Sprintf("%s: fewer than %d running task(s) for five minutes", service, args.Replicas),
		namespace:   "AWS/ECS", metric: "CPUUtilization", statistic: "SampleCount", comparison: "LessThanThreshold",
		dimensions: pulumi.StringMap{"ClusterName": args.Cluster.Name, "ServiceName": pulumi.String(service)},
		period:     60, periods: 5, threshold: float64(args.Replicas), missing: "breaching",
	}
}

// declareHostAlarms declares the alarm of a failed instance or system status check. No data means that no host runs: that
// is for the services' alarms to say, so it does not breach here.
// Source: AWS's recommended alarms, Amazon EC2.
func (h *Hosts) declareHostAlarms(ctx *pulumi.Context, name string, args *HostsArgs, child pulumi.ResourceOption) error {
	alarm, err := metricAlarm{
		description: "A host failed its EC2 status check for two minutes; the Auto Scaling group replaces it",
		namespace:   "AWS/EC2", metric: "StatusCheckFailed", statistic: "Maximum", comparison: "GreaterThanOrEqualToThreshold",
		dimensions: pulumi.StringMap{"AutoScalingGroupName": h.GroupName},
		period:     60, periods: 2, threshold: 1, missing: "notBreaching",
	}.declare(ctx, name+"-status-check", args.Names, args.Alerts, child)
	if err == nil {
		h.StatusAlarm = alarm.Name
	}
	return err
}
