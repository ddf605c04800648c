package platform

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// declareECSServices declares the ECS service and, for a singleton of a cluster with a standby, a second one: the same
// task in another zone, where it waits for the lease.
func (s *Service) declareECSServices(ctx *pulumi.Context, name string, args *ServiceArgs, target *targetGroup, child pulumi.ResourceOption) ([]*ecs.Service, error) {
	balancers, depends := target.use(name, args)
	service, err := ecs.NewService(ctx, name, ecsService(name, args, args.Cluster.Active, s.Ready, balancers), child, depends)
	if err != nil || !args.hasStandby() {
		return []*ecs.Service{service}, err
	}
	standby := standbyName(name)
	second, err := ecs.NewService(ctx, standby, ecsService(standby, args, args.Cluster.Standby, s.Ready, balancers), child, depends)
	return []*ecs.Service{service, second}, err
}

// hasStandby tells that a second task of the service waits for its lease in another zone.
func (a *ServiceArgs) hasStandby() bool { return a.Singleton && a.Cluster.Standby != nil }

// standbyName names the ECS service of a singleton's standby.
func standbyName(service string) string { return service + "-standby" }

func ecsService(name string, args *ServiceArgs, place *Place, taskDefinition pulumi.StringOutput, balancers ecs.ServiceLoadBalancerArrayInput) *ecs.ServiceArgs {
	minimum, maximum := 100, 200 // percent: the new task is healthy before the old one stops
	if args.Singleton && !args.HandsOver {
		minimum, maximum = 0, 100
	}
	service := &ecs.ServiceArgs{
		Name:                            pulumi.String(name),
		Cluster:                         args.Cluster.Arn,
		TaskDefinition:                  taskDefinition,
		DesiredCount:                    pulumi.Int(args.Replicas),
		DeploymentMinimumHealthyPercent: pulumi.Int(minimum),
		DeploymentMaximumPercent:        pulumi.Int(maximum),
		DeploymentCircuitBreaker:        ecs.ServiceDeploymentCircuitBreakerArgs{Enable: pulumi.Bool(true), Rollback: pulumi.Bool(true)},
		// Rebalancing starts a second task before it stops the first, whatever the maximum says.
		AvailabilityZoneRebalancing: pulumi.String("DISABLED"),
		CapacityProviderStrategies: ecs.ServiceCapacityProviderStrategyArray{ecs.ServiceCapacityProviderStrategyArgs{
			CapacityProvider: place.CapacityProvider, Weight: pulumi.Int(1),
		}},
		EnableEcsManagedTags: pulumi.Bool(true),
		EnableExecuteCommand: pulumi.Bool(args.Exec),
		PropagateTags:        pulumi.String("SERVICE"),
		// The provider's own wait takes a rollback for a success; waitSteady does not.
		WaitForSteadyState: pulumi.Bool(false),
	}
	if args.Cluster.Fargate {
		service.NetworkConfiguration = ecs.ServiceNetworkConfigurationArgs{
			Subnets:        place.Subnets,
			SecurityGroups: pulumi.StringArray{args.Cluster.SecurityGroupID},
			AssignPublicIp: pulumi.Bool(true), // no NAT: the address is the way out, no rule lets anyone in
		}
	} else {
		service.OrderedPlacementStrategies = ecs.ServiceOrderedPlacementStrategyArray{
			ecs.ServiceOrderedPlacementStrategyArgs{Type: pulumi.String("spread"), Field: pulumi.String("attribute:ecs.availability-zone")},
			ecs.ServiceOrderedPlacementStrategyArgs{Type: pulumi.String("binpack"), Field: pulumi.String("memory")},
		}
	}
	if args.Route != nil {
		service.LoadBalancers = balancers
		service.HealthCheckGracePeriodSeconds = pulumi.Int(args.startPeriod())
	}
	return service
}
