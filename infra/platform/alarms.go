package platform

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/alarms"
)

// subject is what alarms of the table are declared for: a service, a group of hosts, the database, the load balancer.
type subject struct {
	// name begins the alarms' names and their sentences.
	name string
	// namespace is that of the subject's own metrics, which are made of log lines.
	namespace string
	// dimensions are those of CloudWatch's namespaces.
	dimensions map[string]pulumi.StringMap
	// thresholds are the subject's own by key, before the stack's and the table's.
	thresholds map[string]float64
	// whole is what a threshold in percent is a share of, by key, in the metric's unit.
	whole map[string]float64
	// logGroup is where to look first; empty without.
	logGroup string
}

// Alarm is a declared one, for those who watch or show it.
type Alarm struct {
	Kind    alarms.Kind
	Subject string
	// Threshold is in the kind's unit, Limit in the metric's.
	Threshold, Limit float64
	Namespace        string
	Dimensions       pulumi.StringMap
	// Name is AWS's, Arn too; resource is what others wait for.
	Name string
	Arn  pulumi.StringOutput
}

// declareAlarms declares a subject's alarms of these kinds; composite ones are declared where they are combined. Alarms have
// no actions of their own: an action is taken for a new alarm too, whose first data has yet to come, and a first update would
// send a mail for each. Notifications and the recovery listen to their events instead, which know the state before.
func (a *Alerts) declareAlarms(ctx *pulumi.Context, s subject, kinds []alarms.Kind, child pulumi.ResourceOption) error {
	for _, kind := range kinds {
		if kind.Composite() {
			continue
		}
		if err := a.declareAlarm(ctx, s, kind, child); err != nil {
			return err
		}
	}
	return nil
}

func (a *Alerts) declareAlarm(ctx *pulumi.Context, s subject, kind alarms.Kind, child pulumi.ResourceOption) error {
	alarm := a.describe(s, kind)
	comparison := "GreaterThanOrEqualToThreshold"
	if kind.Below {
		comparison = "LessThanThreshold"
	}
	args := &cloudwatch.MetricAlarmArgs{
		Name: pulumi.String(alarm.Name), AlarmDescription: pulumi.String(a.text(kind.Sentence(s.name, alarm.Threshold), kind, s.logGroup)),
		Namespace: pulumi.String(alarm.Namespace), MetricName: pulumi.String(kind.Metric.Name), Dimensions: alarm.Dimensions,
		ComparisonOperator: pulumi.String(comparison), Threshold: pulumi.Float64(alarm.Limit),
		Period: pulumi.Int(int(kind.Period.Seconds())), EvaluationPeriods: pulumi.Int(kind.Periods), DatapointsToAlarm: pulumi.Int(kind.Periods),
		TreatMissingData: pulumi.String(string(kind.Missing)),
	}
	if strings.HasPrefix(kind.Metric.Statistic, "p") {
		args.ExtendedStatistic = pulumi.String(kind.Metric.Statistic)
	} else {
		args.Statistic = pulumi.String(kind.Metric.Statistic)
	}
	declared, err := cloudwatch.NewMetricAlarm(ctx, s.name+"-"+kind.Key, args, child)
	if err != nil {
		return err
	}
	alarm.Arn = declared.Arn
	a.Declared = append(a.Declared, alarm)
	return nil
}

// describe works out an alarm's name, metric and threshold.
func (a *Alerts) describe(s subject, kind alarms.Kind) Alarm {
	alarm := Alarm{
		Kind: kind, Subject: s.name, Name: a.args.Names.Name(255, s.name, kind.Key), Threshold: kind.Threshold,
		Namespace: kind.Metric.Namespace, Dimensions: s.dimensions[kind.Metric.Namespace],
	}
	if alarm.Namespace == "" {
		alarm.Namespace = s.namespace
	}
	if stacks, ok := a.args.Thresholds[kind.ID()]; ok {
		alarm.Threshold = stacks
	}
	if own, ok := s.thresholds[kind.Key]; ok {
		alarm.Threshold = own
	}
	alarm.Limit = alarm.Threshold
	if whole, ok := s.whole[kind.Key]; ok {
		alarm.Limit = alarm.Threshold / 100 * whole
	}
	return alarm
}

// declareComposite declares the composite alarm of a kind; rule is CloudWatch's expression.
func (a *Alerts) declareComposite(ctx *pulumi.Context, s subject, kind alarms.Kind, rule pulumi.StringInput, child pulumi.ResourceOption) error {
	alarm := a.describe(s, kind)
	declared, err := cloudwatch.NewCompositeAlarm(ctx, s.name+"-"+kind.Key, &cloudwatch.CompositeAlarmArgs{
		AlarmName: pulumi.String(alarm.Name), AlarmDescription: pulumi.String(a.text(kind.Sentence(s.name, 0), kind, s.logGroup)),
		AlarmRule: rule,
	}, child)
	if err != nil {
		return err
	}
	alarm.Arn = declared.Arn
	a.Declared = append(a.Declared, alarm)
	return nil
}

// named is the name of a subject's declared alarm, once it is there: an alarm that combines others needs them to exist.
func (a *Alerts) named(subject, key string) pulumi.StringOutput {
	for _, alarm := range a.Declared {
		if alarm.Subject == subject && alarm.Kind.Key == key {
			name := alarm.Name
			return alarm.Arn.ApplyT(func(string) string { return name }).(pulumi.StringOutput)
		}
	}
	panic(fmt.Sprintf("%s has no alarm %s", subject, key)) // the program's own mistake
}

// text is an alarm's description: all that its message needs, since EventBridge and SNS pass it on and can work out
// nothing. Quotes and line breaks would break the message's JSON.
func (a *Alerts) text(sentence string, kind alarms.Kind, logGroup string) string {
	text := fmt.Sprintf("%s. What to do: %s#%s", sentence, a.args.Runbooks, kind.ID())
	if logGroup != "" {
		text += " Log: " + logLink(a.args.Region, logGroup)
	}
	return text
}

// logLink is the console's address of a log group; it escapes the name twice and writes $ for %.
func logLink(region, group string) string {
	return fmt.Sprintf("https://%s.console.aws.amazon.com/cloudwatch/home?region=%s#logsV2:log-groups/log-group/%s",
		region, region, strings.ReplaceAll(group, "/", "$252F"))
}
