package platform

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/alarms"
)

// ClusterArgs describes the ECS cluster and what carries its tasks.
type ClusterArgs struct {
	Network *Network
	Names   Namer
	// Hosts describes EC2 hosts; nil runs tasks on Fargate.
	Hosts *HostsArgs
	// Standby adds a place for standby tasks in another zone than the rest: a host, or on Fargate its subnet.
	Standby bool
	// Fronts lets tasks reach the ports of each other's hosts: a waiting warden passes requests on to the one that
	// holds the lease.
	Fronts bool
}

// Cluster is the ECS cluster with its capacity provider: the Auto Scaling group of hosts, or Fargate.
type Cluster struct {
	pulumi.ResourceState

	Arn  pulumi.StringOutput
	Name pulumi.StringOutput
	// Active is where services and one-off tasks run; Standby where standby tasks wait, nil without.
	Active, Standby *Place
	// SecurityGroupID is the hosts' group, or the tasks' on Fargate.
	SecurityGroupID pulumi.StringOutput
	// Fargate tells that tasks have network interfaces of their own (awsvpc).
	Fargate bool
	// Hosts are the groups of hosts: none on Fargate, two with a standby.
	Hosts []*Hosts
	// Subjects are what the hosts' alarms are about: each group, and all together.
	Subjects []string
}

// Place is where tasks run.
type Place struct {
	// CapacityProvider is the name that services and one-off tasks ask for.
	CapacityProvider pulumi.StringOutput
	// Subnets are those of the place's zones, all public.
	Subnets pulumi.StringArrayOutput
}

// NewCluster declares the cluster.
func NewCluster(ctx *pulumi.Context, name string, args *ClusterArgs, opts ...pulumi.ResourceOption) (*Cluster, error) {
	c := &Cluster{Fargate: args.Hosts == nil}
	return c, build(ctx, "Cluster", name, c, opts, func(child pulumi.ResourceOption) error {
		return c.declare(ctx, name, args, child)
	})
}

func (c *Cluster) outputs() pulumi.Map {
	return pulumi.Map{"arn": c.Arn, "name": c.Name, "capacityProvider": c.Active.CapacityProvider}
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
	if err := c.declarePlaces(ctx, name, args, child); err != nil {
		return err
	}
	providers := pulumi.StringArray{c.Active.CapacityProvider}
	if c.Standby != nil && !c.Fargate {
		providers = append(providers, c.Standby.CapacityProvider)
	}
	_, err = ecs.NewClusterCapacityProviders(ctx, name, &ecs.ClusterCapacityProvidersArgs{
		ClusterName:       cluster.Name,
		CapacityProviders: providers,
		DefaultCapacityProviderStrategies: ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArray{
			ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArgs{
				CapacityProvider: c.Active.CapacityProvider, Weight: pulumi.Int(1),
			},
		},
	}, child)
	return err
}

// declarePlaces declares where tasks run. With a standby each of the two has a zone of its own, so that no zone's
// failure takes both.
func (c *Cluster) declarePlaces(ctx *pulumi.Context, name string, args *ClusterArgs, child pulumi.ResourceOption) error {
	all := args.Network.PublicSubnetIDs
	c.Active = &Place{Subnets: all}
	if args.Standby {
		c.Active.Subnets = pulumi.StringArray{all.Index(pulumi.Int(0))}.ToStringArrayOutput()
		c.Standby = &Place{Subnets: pulumi.StringArray{all.Index(pulumi.Int(1))}.ToStringArrayOutput()}
	}
	for i, place := range []*Place{c.Active, c.Standby} {
		if place == nil {
			continue
		}
		suffix := []string{"hosts", "standby"}[i]
		place.CapacityProvider = pulumi.String("FARGATE").ToStringOutput()
		if args.Hosts == nil {
			continue
		}
		described := *args.Hosts
		described.Subnets, described.Suffix = place.Subnets, suffix
		if place == c.Standby { // one is enough for all standby tasks, and another while it is replaced
			described.Count, described.MaxCount, described.Stopped = 1, 2, false
		}
		hosts, err := newHosts(ctx, name+"-"+suffix, &described, c, child)
		if err != nil {
			return err
		}
		c.Hosts, place.CapacityProvider = append(c.Hosts, hosts), hosts.CapacityProvider
		c.Subjects = append(c.Subjects, name+"-"+suffix)
	}
	if c.Fargate {
		return nil
	}
	// What wardens say of the hosts that they are on has no host's name, so the fullest one counts.
	c.Subjects = append(c.Subjects, name)
	hosts := subject{name: name, namespace: ownNamespace(args.Names)}
	return args.Hosts.Alerts.declareAlarms(ctx, hosts, alarms.Of(alarms.Hosts, alarms.OnEC2), child)
}

// securityGroup lets traffic out and nothing in; the edge adds what its load balancer needs.
func (c *Cluster) securityGroup(ctx *pulumi.Context, name string, args *ClusterArgs, child pulumi.ResourceOption) (*ec2.SecurityGroup, error) {
	group, err := ec2.NewSecurityGroup(ctx, name, &ec2.SecurityGroupArgs{
		VpcId:       args.Network.VpcID,
		Description: pulumi.String("Hosts and tasks of " + args.Names.Name(200)),
		Egress: ec2.SecurityGroupEgressArray{ec2.SecurityGroupEgressArgs{
			Description: pulumi.String("Chat gateways, registries and AWS"),
			Protocol:    pulumi.String("-1"), FromPort: pulumi.Int(0), ToPort: pulumi.Int(0),
			CidrBlocks: pulumi.StringArray{pulumi.String("0.0.0.0/0")},
		}},
		Tags: pulumi.StringMap{"Name": pulumi.String(name)},
		// Inbound rules are resources of their own: the one below, and edge.go's.
	}, child)
	if err != nil || !args.Fronts {
		return group, err
	}
	_, err = vpc.NewSecurityGroupIngressRule(ctx, name+"-fronts", &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: group.ID(), ReferencedSecurityGroupId: group.ID(),
		Description: pulumi.String("From waiting wardens to the holder of the lease"), IpProtocol: pulumi.String("tcp"),
		FromPort: pulumi.Int(firstTaskPort(c.Fargate)), ToPort: pulumi.Int(65535),
	}, child)
	return group, err
}

// firstTaskPort is the lowest port on which tasks answer: Docker chooses host ports from the ephemeral range; a Fargate
// task has its own port there or below.
func firstTaskPort(fargate bool) int {
	if fargate {
		return 1
	}
	return 32768
}
