package platform

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// AlertsArgs describes the stack's alarms and who hears of them by mail.
type AlertsArgs struct {
	// Required.
	// AccountID is the AWS account, the only one whose alarms may publish.
	AccountID string
	Region    string
	Names     Namer
	// Runbooks is where docs/runbooks.md is read; each alarm's message links to its section.
	Runbooks string

	// Optional.
	// Email are the addresses; AWS asks each once to confirm.
	Email []string
	// Thresholds are the stack's own by the alarm's ID in the table, in the table's unit.
	Thresholds map[string]float64
}

// Alerts is the topic that every alarm publishes to, and the alarms that are declared so far.
type Alerts struct {
	pulumi.ResourceState

	TopicArn pulumi.StringOutput
	// Declared are all alarms, in the order of their declaration.
	Declared []Alarm

	args *AlertsArgs
}

// NewAlerts declares the topic and its subscriptions. The topic is not encrypted with a key: neither alarms nor EventBridge can
// publish through the free AWS key, a key of one's own costs $1 a month, and a message holds no secret (docs/decisions.md).
func NewAlerts(ctx *pulumi.Context, name string, args *AlertsArgs, opts ...pulumi.ResourceOption) (*Alerts, error) {
	a := &Alerts{args: args}
	return a, build(ctx, "Alerts", name, a, opts, func(child pulumi.ResourceOption) error {
		return a.declare(ctx, name, args, child)
	})
}

// Prefix is what the names of all alarms begin with; those who listen to their events look for it.
func (a *Alerts) Prefix() string { return a.args.Names.Name(200) + "-" }

func (a *Alerts) outputs() pulumi.Map { return pulumi.Map{"topicArn": a.TopicArn} }

func (a *Alerts) declare(ctx *pulumi.Context, name string, args *AlertsArgs, child pulumi.ResourceOption) error {
	topic, err := sns.NewTopic(ctx, name, &sns.TopicArgs{Name: pulumi.String(args.Names.Name(256, name))}, child)
	if err != nil {
		return err
	}
	_, err = sns.NewTopicPolicy(ctx, name, &sns.TopicPolicyArgs{
		Arn: topic.Arn,
		Policy: policyOf(pulumi.StringArray{topic.Arn}, func(arns []string) []statement {
			return topicStatements(arns[0], args.AccountID)
		}),
	}, child)
	if err != nil {
		return err
	}
	for i, address := range args.Email {
		_, err = sns.NewTopicSubscription(ctx, fmt.Sprintf("%s-email-%d", name, i+1), &sns.TopicSubscriptionArgs{
			Topic: topic.Arn, Protocol: pulumi.String("email"), Endpoint: pulumi.String(address),
		}, child)
		if err != nil {
			return err
		}
	}
	a.TopicArn = topic.Arn
	return nil
}

// topicStatements let event rules and this account's budgets publish, and nobody without TLS.
func topicStatements(topic, account string) []statement {
	publish := allow(topic, "sns:Publish")
	publish.Sid = "Budgets"
	publish.Principal = map[string]string{"Service": "budgets.amazonaws.com"}
	publish.Condition = map[string]any{"StringEquals": map[string]string{"aws:SourceAccount": account}}
	// EventBridge takes no topic whose policy has a condition for it: EventBridge User Guide, "Amazon SNS permissions".
	events := allow(topic, "sns:Publish")
	events.Sid = "Events"
	events.Principal = map[string]string{"Service": "events.amazonaws.com"}
	plain := statement{
		Sid: "NoPlainText", Effect: "Deny", Principal: "*", Action: []string{"sns:Publish"}, Resource: topic,
		Condition: map[string]any{"Bool": map[string]string{"aws:SecureTransport": "false"}},
	}
	return []statement{publish, events, plain}
}
