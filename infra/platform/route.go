package platform

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
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

// targetGroup is what a public service's tasks register with.
type targetGroup struct {
	arn pulumi.StringOutput
	// name is the ARN suffix by which CloudWatch knows it.
	name pulumi.StringOutput
	rule *lb.ListenerRule
}

// use is what an ECS service names to register its tasks, and what it waits for; nothing of both where it is not public.
func (t *targetGroup) use(container string, args *ServiceArgs) (ecs.ServiceLoadBalancerArrayInput, pulumi.ResourceOption) {
	if t == nil {
		return nil, pulumi.DependsOn(nil)
	}
	// ECS refuses a target group that no listener uses yet.
	return ecs.ServiceLoadBalancerArray{ecs.ServiceLoadBalancerArgs{
		TargetGroupArn: t.arn, ContainerName: pulumi.String(container), ContainerPort: pulumi.Int(args.Port.Container),
	}}, pulumi.DependsOn([]pulumi.Resource{t.rule})
}

// declare declares rule and target group; nil where the service is not public.
func (r *Route) declare(ctx *pulumi.Context, name string, args *ServiceArgs, child pulumi.ResourceOption) (*targetGroup, error) {
	if r == nil {
		return nil, nil
	}
	// A singleton's second target passes requests on to the first, so a dead one must be left out soon.
	interval := 10 // seconds
	if args.Singleton {
		interval = 5
	}
	target, err := lb.NewTargetGroup(ctx, name, &lb.TargetGroupArgs{
		VpcId:      r.Edge.vpc,
		Port:       pulumi.Int(args.Port.Container),
		Protocol:   pulumi.String("HTTP"),
		TargetType: pulumi.String(pick(args.Cluster.Fargate, "ip", "instance")),
		// Requests are short; a deploy must not wait the default five minutes for old connections.
		DeregistrationDelay: pulumi.Int(15), // seconds
		HealthCheck: lb.TargetGroupHealthCheckArgs{
			Path: pulumi.String(r.HealthPath), Matcher: pulumi.String("200"),
			Interval: pulumi.Int(interval), Timeout: pulumi.Int(4), // seconds
			HealthyThreshold: pulumi.Int(2), UnhealthyThreshold: pulumi.Int(3),
		},
	}, child)
	if err != nil {
		return nil, err
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
	return &targetGroup{arn: target.Arn, name: target.ArnSuffix, rule: rule}, err
}
