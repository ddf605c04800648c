package platform

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Route makes a service public: a rule on the edge's listener and the target group behind it.
type Route struct {
	Edge *Edge
	// Path is the rule's path pattern, such as /* or /api/*; HealthPath what must answer 200.
	Path, HealthPath string
	// Priority orders the rules, 1 first: a longer path before a shorter one.
	Priority int
}

func (r *Route) declare(ctx *pulumi.Context, name string, args *ServiceArgs, child pulumi.ResourceOption) (*lb.TargetGroup, *lb.ListenerRule, error) {
	target, err := lb.NewTargetGroup(ctx, name, &lb.TargetGroupArgs{
		VpcId:      r.Edge.vpc,
		Port:       pulumi.Int(args.Port.Container),
		Protocol:   pulumi.String("HTTP"),
		TargetType: pulumi.String(pick(args.Cluster.Fargate, "ip", "instance")),
		// Requests are short; a deploy must not wait the default five minutes for old connections.
		DeregistrationDelay: pulumi.Int(15), // seconds
		HealthCheck: lb.TargetGroupHealthCheckArgs{
			Path: pulumi.String(r.HealthPath), Matcher: pulumi.String("200"),
			Interval: pulumi.Int(10), Timeout: pulumi.Int(5), // seconds
			HealthyThreshold: pulumi.Int(2), UnhealthyThreshold: pulumi.Int(3),
		},
	}, child)
	if err != nil {
		return nil, nil, err
	}
	rule, err := lb.NewListenerRule(ctx, name, &lb.ListenerRuleArgs{
		ListenerArn: r.Edge.ListenerArn,
		Priority:    pulumi.Int(r.Priority),
		Conditions: lb.ListenerRuleConditionArray{lb.ListenerRuleConditionArgs{
			PathPattern: lb.ListenerRuleConditionPathPatternArgs{Values: pulumi.StringArray{pulumi.String(r.Path)}},
		}},
		Actions: lb.ListenerRuleActionArray{lb.ListenerRuleActionArgs{
			Type: pulumi.String("forward"), TargetGroupArn: target.Arn,
		}},
	}, child)
	return target, rule, err
}
