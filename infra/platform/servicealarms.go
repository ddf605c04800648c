package platform

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/alarms"
)

// declareServiceAlarms declares a service's alarms: nothing has to be switched on. It returns the name of the composite
// one that drives a recovery, nil without a warden.
func declareServiceAlarms(ctx *pulumi.Context, name string, args *ServiceArgs, group *cloudwatch.LogGroup, target *targetGroup, child pulumi.ResourceOption) (*pulumi.StringOutput, error) {
	s := serviceSubject(name, args, target)
	kinds := alarms.Of(alarms.Service, ServiceConditions(args.Warden != nil, args.Singleton, args.Route != nil)...)
	from := logSource{service: name, errorPattern: args.ErrorPattern, own: group.Name, events: args.Events.LogGroup}
	for _, kind := range kinds {
		if err := declareFilters(ctx, name, s.namespace, kind, from, child); err != nil {
			return nil, err
		}
	}
	if err := declareHostFigures(ctx, name, args, from, child); err != nil {
		return nil, err
	}
	if err := args.Alerts.declareAlarms(ctx, s, kinds, child); err != nil {
		return nil, err
	}
	if args.hasStandby() {
		standby := serviceSubject(standbyName(name), args, nil)
		standby.logGroup = s.logGroup
		if err := args.Alerts.declareAlarm(ctx, standby, alarms.Find(alarms.Service, "running-tasks"), child); err != nil {
			return nil, err
		}
	}
	if args.Warden == nil {
		return nil, nil
	}
	return declareDown(ctx, s, args, child)
}

func serviceSubject(name string, args *ServiceArgs, target *targetGroup) subject {
	s := subject{
		name: name, namespace: ownNamespace(args.Names, name), thresholds: map[string]float64{"running-tasks": float64(args.Replicas)},
		logGroup: "/" + args.Names.Path(name),
		dimensions: map[string]pulumi.StringMap{
			"AWS/ECS": {"ClusterName": args.Cluster.Name, "ServiceName": pulumi.String(name)},
		},
	}
	for key, threshold := range args.Thresholds {
		s.thresholds[key] = threshold
	}
	if target != nil {
		s.dimensions["AWS/ApplicationELB"] = pulumi.StringMap{"LoadBalancer": args.Route.Edge.LoadBalancerName, "TargetGroup": target.name}
	}
	return s
}

// ServiceConditions are those of the table of alarms that hold for a service.
func ServiceConditions(warded, singleton, public bool) []alarms.When {
	holds := []alarms.When{alarms.Always}
	for condition, met := range map[alarms.When]bool{alarms.Warded: warded, alarms.Singleton: singleton, alarms.Public: public} {
		if met {
			holds = append(holds, condition)
		}
	}
	return holds
}

// declareHostFigures makes the hosts' own metrics of what the service's warden says of the host that it is on.
func declareHostFigures(ctx *pulumi.Context, name string, args *ServiceArgs, from logSource, child pulumi.ResourceOption) error {
	if args.Warden == nil || args.Cluster.Fargate {
		return nil
	}
	for _, kind := range alarms.Of(alarms.Hosts, alarms.OnEC2) {
		if err := declareFilters(ctx, name+"-host", ownNamespace(args.Names), kind, from, child); err != nil {
			return err
		}
	}
	return nil
}

// declareDown declares the alarm of a service that is gone with its host or its tasks. It is what drives the recovery: a
// missing heartbeat alone only pages, because a restart elsewhere cures no outage of the chat network.
func declareDown(ctx *pulumi.Context, s subject, args *ServiceArgs, child pulumi.ResourceOption) (*pulumi.StringOutput, error) {
	because := pulumi.Sprintf("ALARM(%q)", args.Alerts.named(s.name, "running-tasks"))
	for _, hosts := range args.Cluster.Hosts {
		because = pulumi.Sprintf("%s OR ALARM(%q)", because, hosts.StatusAlarm)
	}
	rule := pulumi.Sprintf("ALARM(%q) AND (%s)", args.Alerts.named(s.name, "heartbeat"), because)
	if err := args.Alerts.declareComposite(ctx, s, alarms.Find(alarms.Service, "down"), rule, child); err != nil {
		return nil, err
	}
	down := args.Alerts.named(s.name, "down")
	return &down, nil
}
