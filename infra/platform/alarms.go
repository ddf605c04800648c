package platform

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// metricAlarm is an alarm on one metric of AWS's own.
type metricAlarm struct {
	description, namespace, metric, statistic, comparison string
	dimensions                                            pulumi.StringMap
	// periods of period seconds, of which all must breach.
	period, periods int
	threshold       float64
	// missing says what no data means: breaching, notBreaching, missing or ignore.
	missing string
}

func (m metricAlarm) declare(ctx *pulumi.Context, name string, names Namer, alerts *Alerts, child pulumi.ResourceOption) error {
	_, err := cloudwatch.NewMetricAlarm(ctx, name, &cloudwatch.MetricAlarmArgs{
		Name:             pulumi.String(names.Name(255, name)),
		AlarmDescription: pulumi.String(m.description),
		Namespace:        pulumi.String(m.namespace), MetricName: pulumi.String(m.metric), Dimensions: m.dimensions,
		Statistic: pulumi.String(m.statistic), ComparisonOperator: pulumi.String(m.comparison),
		Period: pulumi.Int(m.period), EvaluationPeriods: pulumi.Int(m.periods), DatapointsToAlarm: pulumi.Int(m.periods),
		Threshold: pulumi.Float64(m.threshold), TreatMissingData: pulumi.String(m.missing),
		AlarmActions: pulumi.Array{alerts.TopicArn}, OkActions: pulumi.Array{alerts.TopicArn},
	}, child)
	return err
}

// declareServiceAlarms declares the alarm of a service with too few running tasks. Each running
// task reports its CPU once a minute, so the number of samples is the number of tasks; this
// needs no Container Insights. No data at all means that nothing runs: breaching.
// Source: AWS's recommended alarms, Amazon ECS.
func declareServiceAlarms(ctx *pulumi.Context, name string, args *ServiceArgs, child pulumi.ResourceOption) error {
	return metricAlarm{
		description: fmt.Sprintf("%s: fewer than %d running task(s) for five minutes", name, args.Replicas),
		namespace:   "AWS/ECS", metric: "CPUUtilization", statistic: "SampleCount", comparison: "LessThanThreshold",
		dimensions: pulumi.StringMap{"ClusterName": args.Cluster.Name, "ServiceName": pulumi.String(name)},
		period:     60, periods: 5, threshold: float64(args.Replicas), missing: "breaching",
	}.declare(ctx, name+"-running-tasks", args.Names, args.Alerts, child)
}

// DeclareHostAlarms declares the alarm of a failed instance or system status check. No data
// means that no host runs: that is for the services' alarms to say, so it does not breach here.
// Source: AWS's recommended alarms, Amazon EC2.
func DeclareHostAlarms(ctx *pulumi.Context, cluster *Cluster, names Namer, alerts *Alerts) error {
	if cluster.Hosts == nil {
		return nil
	}
	return metricAlarm{
		description: "A host failed its EC2 status check for two minutes; the Auto Scaling group replaces it",
		namespace:   "AWS/EC2", metric: "StatusCheckFailed", statistic: "Maximum", comparison: "GreaterThanOrEqualToThreshold",
		dimensions: pulumi.StringMap{"AutoScalingGroupName": cluster.Hosts.GroupName},
		period:     60, periods: 2, threshold: 1, missing: "notBreaching",
	}.declare(ctx, "hosts-status-check", names, alerts, pulumi.Parent(cluster.Hosts))
}
