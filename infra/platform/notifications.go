package platform

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// NotificationsArgs describes who hears of what.
type NotificationsArgs struct {
	// Required.
	Alerts *Alerts
	Names  Namer
	Stack  string
	// Webhooks are where a chat is told everything. Optional.
	Webhooks []Webhook
}

// Notifications tells the topic's addresses and the chats what happens: EventBridge publishes and posts by itself, so that
// no function of our own has to run when something is broken.
type Notifications struct {
	pulumi.ResourceState
}

// NewNotifications declares them.
func NewNotifications(ctx *pulumi.Context, name string, args *NotificationsArgs, opts ...pulumi.ResourceOption) (*Notifications, error) {
	n := &Notifications{}
	return n, build(ctx, "Notifications", name, n, opts, func(child pulumi.ResourceOption) error {
		chats, err := declareChats(ctx, name, args, child)
		if err != nil {
			return err
		}
		for _, news := range allNews(args) {
			if err := declareNews(ctx, name, news, args, chats, child); err != nil {
				return err
			}
		}
		return nil
	})
}

func (n *Notifications) outputs() pulumi.Map { return pulumi.Map{} }

// news is one kind of event that people are told of.
type news struct {
	suffix, description string
	pattern             map[string]any
	paths               map[string]string // variables of the text, and where the event has them
	text                string            // without quotes and backslashes other than \n: EventBridge escapes nothing
	mail                bool              // the topic is told too
}

// allNews is what people are told of. What an alarm does on its first data, coming from "insufficient data", is no news: each
// new one does that, and no alarm of the table goes back there.
func allNews(args *NotificationsArgs) []news {
	alarm := func(state map[string]any) map[string]any {
		detail := map[string]any{"alarmName": []any{map[string]string{"prefix": args.Alerts.Prefix()}}}
		for key, value := range state {
			detail[key] = value
		}
		return map[string]any{"source": []string{"aws.cloudwatch"}, "detail-type": []string{"CloudWatch Alarm State Change"}, "detail": detail}
	}
	deployment := func(result string) map[string]any {
		return map[string]any{
			"source": []string{"botyard"}, "detail-type": []string{"Deployment"},
			"detail": map[string]any{"project": []string{args.Names.Project}, "stack": []string{args.Stack}, "result": []string{result}},
		}
	}
	drift := map[string]any{
		"source": []string{"botyard"}, "detail-type": []string{"Drift"},
		"detail": map[string]any{"project": []string{args.Names.Project}, "stack": []string{args.Stack}},
	}
	is := func(value string) map[string]any { return map[string]any{"value": []string{value}} }
	alarmPaths := map[string]string{"alarm": "$.detail.alarmName", "since": "$.detail.state.timestamp", "text": "$.detail.configuration.description"}
	deployPaths := map[string]string{"stack": "$.detail.stack", "who": "$.detail.who", "summary": "$.detail.summary"}
	return []news{
		{
			suffix: "alarm", description: "An alarm goes off", mail: true,
			pattern: alarm(map[string]any{"state": is("ALARM"), "previousState": is("OK")}),
			paths:   alarmPaths, text: `🔴 ALARM: <text>\n<alarm> since <since>`,
		},
		{
			suffix: "recovered", description: "An alarm is over", mail: true,
			pattern: alarm(map[string]any{"state": is("OK"), "previousState": is("ALARM")}),
			paths:   alarmPaths, text: `🟢 OK again: <alarm> since <since>\n<text>`,
		},
		{
			suffix: "deployed", description: "A deployment succeeded", pattern: deployment("succeeded"),
			paths: deployPaths, text: `🚀 Deployed <stack>, by <who>: <summary>`,
		},
		{
			suffix: "deploy-failed", description: "A deployment failed", pattern: deployment("failed"), mail: true,
			paths: deployPaths, text: `❌ Deployment of <stack> failed, by <who>: <summary>`,
		},
		{
			suffix: "drift", description: "The stack differs from what was deployed", pattern: drift, mail: true,
			paths: map[string]string{"stack": "$.detail.stack", "summary": "$.detail.summary"}, text: `🟡 <stack> is not as deployed: <summary>`,
		},
	}
}

// declareNews declares a rule and whom it tells; none where there is nobody.
func declareNews(ctx *pulumi.Context, name string, news news, args *NotificationsArgs, chats []chat, child pulumi.ResourceOption) error {
	if len(chats) == 0 && !news.mail {
		return nil
	}
	pattern, err := canonical(news.pattern)
	if err != nil {
		return err
	}
	rule, err := cloudwatch.NewEventRule(ctx, name+"-"+news.suffix, &cloudwatch.EventRuleArgs{
		Name: pulumi.String(args.Names.Name(64, news.suffix)), Description: pulumi.String(news.description), EventPattern: pulumi.String(pattern),
	}, child)
	if err != nil {
		return err
	}
	paths := pulumi.ToStringMap(news.paths)
	if news.mail {
		_, err := cloudwatch.NewEventTarget(ctx, name+"-"+news.suffix, &cloudwatch.EventTargetArgs{
			Rule: rule.Name, TargetId: pulumi.String("topic"), Arn: args.Alerts.TopicArn,
			InputTransformer: cloudwatch.EventTargetInputTransformerArgs{InputPaths: paths, InputTemplate: pulumi.String(`"` + news.text + `"`)},
		}, child)
		if err != nil {
			return err
		}
	}
	for _, chat := range chats {
		_, err := cloudwatch.NewEventTarget(ctx, name+"-"+news.suffix+"-"+chat.kind, &cloudwatch.EventTargetArgs{
			Rule: rule.Name, TargetId: pulumi.String(chat.kind), Arn: chat.destination, RoleArn: chat.role,
			InputTransformer: cloudwatch.EventTargetInputTransformerArgs{InputPaths: paths, InputTemplate: pulumi.String(chat.body(news.text))},
		}, child)
		if err != nil {
			return err
		}
	}
	return nil
}

// newDestinationRole lets EventBridge post to the destinations, and do nothing else.
func newDestinationRole(ctx *pulumi.Context, name string, destinations pulumi.StringArray, child pulumi.ResourceOption) (*iam.Role, error) {
	return newServiceRole(ctx, name, "events.amazonaws.com", "EventBridge: post to the chats' webhooks",
		policyOf(destinations, func(arns []string) []statement {
			return []statement{allow(arns, "events:InvokeApiDestination")}
		}), child)
}
