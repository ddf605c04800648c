package platform

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ClusterArgs describes the ECS cluster and what carries its tasks.
type ClusterArgs struct {
	Network *Network
	Names   Namer
	// Hosts describes EC2 hosts; nil runs tasks on Fargate.
	Hosts *HostsArgs
}

// Cluster is the ECS cluster with its capacity provider: the Auto Scaling group of hosts, or Fargate.
type Cluster struct {
	pulumi.ResourceState

	Arn  pulumi.StringOutput
	Name pulumi.StringOutput
	// CapacityProvider is the name that services and one-off tasks ask for.
	CapacityProvider pulumi.StringOutput
	// SecurityGroupID is the hosts' group, or the tasks' on Fargate.
	SecurityGroupID pulumi.StringOutput
	// Fargate tells that tasks have network interfaces of their own (awsvpc).
	Fargate bool
	// Hosts is nil on Fargate.
	Hosts   *Hosts
	network *Network
}

// NewCluster declares the cluster.
func NewCluster(ctx *pulumi.Context, name string, args *ClusterArgs, opts ...pulumi.ResourceOption) (*Cluster, error) {
	c := &Cluster{Fargate: args.Hosts == nil, network: args.Network}
	return c, build(ctx, "Cluster", name, c, opts, func(child pulumi.ResourceOption) error {
		return c.declare(ctx, name, args, child)
	})
}

func (c *Cluster) outputs() pulumi.Map {
	return pulumi.Map{"arn": c.Arn, "name": c.Name, "capacityProvider": c.CapacityProvider}
}

func (c *Cluster) declare(ctx *pulumi.Context, name string, args *ClusterArgs, child pulumi.ResourceOption) error {
	cluster, err := ecs.NewCluster(ctx, name, &ecs.ClusterArgs{
		Name: pulumi.String(args.Names.Name(255)),
		// Container Insights costs per metric; the alarms use what ECS publishes for nothing.
		Settings: ecs.ClusterSettingArray{ecs.ClusterSettingArgs{
			Name: pulumi.String("containerInsights"), Value: pulumi.String("disabled"),
		}},
	}, child)
	if err != nil {
		return err
	}
	group, err := c.securityGroup(ctx, name, args, child)
	if err != nil {
		return err
	}
	c.Arn, c.Name, c.SecurityGroupID = cluster.Arn, cluster.Name, group.ID().ToStringOutput()
	c.CapacityProvider = pulumi.String("FARGATE").ToStringOutput()
	if args.Hosts != nil {
		c.Hosts, err = newHosts(ctx, name+"-hosts", args.Hosts, c, child)
		if err != nil {
			return err
		}
		c.CapacityProvider = c.Hosts.CapacityProvider
	}
	_, err = ecs.NewClusterCapacityProviders(ctx, name, &ecs.ClusterCapacityProvidersArgs{
		ClusterName:       cluster.Name,
		CapacityProviders: pulumi.StringArray{c.CapacityProvider},
		DefaultCapacityProviderStrategies: ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArray{
			ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArgs{
				CapacityProvider: c.CapacityProvider, Weight: pulumi.Int(1),
			},
		},
	}, child)
	return err
}

// securityGroup lets traffic out and nothing in; the edge adds what its load balancer needs.
func (c *Cluster) securityGroup(ctx *pulumi.Context, name string, args *ClusterArgs, child pulumi.ResourceOption) (*ec2.SecurityGroup, error) {
	return ec2.NewSecurityGroup(ctx, name, &ec2.SecurityGroupArgs{
		VpcId:       args.Network.VpcID,
		Description: pulumi.String("Hosts and tasks of " + args.Names.Name(200)),
		Egress: ec2.SecurityGroupEgressArray{ec2.SecurityGroupEgressArgs{
			Description: pulumi.String("Chat gateways, registries and AWS"),
			Protocol:    pulumi.String("-1"), FromPort: pulumi.Int(0), ToPort: pulumi.Int(0),
			CidrBlocks: pulumi.StringArray{pulumi.String("0.0.0.0/0")},
		}},
		Tags: pulumi.StringMap{"Name": pulumi.String(name)},
		// Inbound rules are resources of their own (edge.go): without a load balancer there is none.
	}, child)
}
