package platform

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// EventsArgs describes the log of what ECS does. All are required.
type EventsArgs struct {
	Cluster *Cluster
	Names   Namer
	// LogDays is how long it is kept: ECS itself forgets a stopped task after an hour.
	LogDays int
}

// Events keeps ECS's events of the cluster in a log group: why a task stopped, that a deployment failed. Metric filters
// make alarms of them.
type Events struct {
	pulumi.ResourceState

	// LogGroup is the group's name.
	LogGroup pulumi.StringOutput
}

// NewEvents declares the log.
func NewEvents(ctx *pulumi.Context, name string, args *EventsArgs, opts ...pulumi.ResourceOption) (*Events, error) {
	e := &Events{}
	return e, build(ctx, "Events", name, e, opts, func(child pulumi.ResourceOption) error {
		return e.declare(ctx, name, args, child)
	})
}

func (e *Events) outputs() pulumi.Map { return pulumi.Map{"logGroup": e.LogGroup} }

func (e *Events) declare(ctx *pulumi.Context, name string, args *EventsArgs, child pulumi.ResourceOption) error {
	// EventBridge writes to groups of this prefix.
	group, err := cloudwatch.NewLogGroup(ctx, name, &cloudwatch.LogGroupArgs{
		Name: pulumi.String("/aws/events/" + args.Names.Path(name)), RetentionInDays: pulumi.Int(args.LogDays),
	}, child)
	if err != nil {
		return err
	}
	rule, err := cloudwatch.NewEventRule(ctx, name, &cloudwatch.EventRuleArgs{
		Name: pulumi.String(args.Names.Name(64, name)), Description: pulumi.String("What ECS does, for the log and its alarms"),
		EventPattern: args.Cluster.Arn.ApplyT(func(arn string) (string, error) {
			return canonical(map[string]any{"source": []string{"aws.ecs"}, "detail": map[string]any{"clusterArn": []string{arn}}})
		}).(pulumi.StringOutput),
	}, child)
	if err != nil {
		return err
	}
	// A log group has no policy of its own, and EventBridge takes no role for it.
	// Source: Amazon EventBridge User Guide, "Using resource-based policies", CloudWatch Logs permissions.
	policy, err := cloudwatch.NewLogResourcePolicy(ctx, name, &cloudwatch.LogResourcePolicyArgs{
		PolicyName:     pulumi.String(args.Names.Name(255, name)),
		PolicyDocument: policyOf(pulumi.StringArray{group.Arn, rule.Arn}, func(arns []string) []statement { return writeEvents(arns[0], arns[1]) }),
	}, child)
	if err != nil {
		return err
	}
	_, err = cloudwatch.NewEventTarget(ctx, name, &cloudwatch.EventTargetArgs{
		Rule: rule.Name, TargetId: pulumi.String("log"), Arn: group.Arn,
	}, child, pulumi.DependsOn([]pulumi.Resource{policy}))
	e.LogGroup = group.Name
	return err
}

// writeEvents lets one rule write to a log group.
func writeEvents(group, rule string) []statement {
	create, put := allow(group+":*", "logs:CreateLogStream"), allow(group+":*", "logs:PutLogEvents")
	put.Condition = map[string]any{"ArnEquals": map[string]string{"aws:SourceArn": rule}}
	statements := []statement{create, put}
	for i := range statements {
		statements[i].Principal = map[string]any{"Service": []string{"delivery.logs.amazonaws.com", "events.amazonaws.com"}}
	}
	return statements
}
