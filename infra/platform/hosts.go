package platform

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/autoscaling"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/alarms"
)

// HostsArgs describes the EC2 hosts of a cluster.
type HostsArgs struct {
	// InstanceType is EC2's, such as t3.small. Required.
	InstanceType string
	// ARM tells that the type is a Graviton one. Required where it is.
	ARM bool
	// Count is how many hosts run at least, MaxCount at most. Required.
	Count, MaxCount int
	// DiskGiB is the root volume's size. Required: at least 30, the ECS-optimised AMI's.
	DiskGiB int
	// Stopped keeps one more instance that has booted once and is stopped, for an alarm to start. Optional.
	Stopped bool
	// Subnets are where the hosts run, and Suffix ends their names: both are the cluster's to set.
	Subnets pulumi.StringArrayOutput
	Suffix  string
	// Tags are the stack's: instances and volumes are tagged by their launch template.
	Tags  map[string]string
	Names Namer
	// Alerts hear of a failed host. Required.
	Alerts *Alerts
	// Guard keeps hosts whose disks hold services' volumes. Optional.
	Guard *Guard
}

// Hosts is the Auto Scaling group that carries the cluster's tasks: it replaces a failed host by itself.
type Hosts struct {
	pulumi.ResourceState

	CapacityProvider pulumi.StringOutput
	// GroupName and GroupArn are the Auto Scaling group's.
	GroupName, GroupArn pulumi.StringOutput
	// StatusAlarm names the alarm of a host that fails its status checks.
	StatusAlarm pulumi.StringOutput
}

func newHosts(ctx *pulumi.Context, name string, args *HostsArgs, cluster *Cluster, opts ...pulumi.ResourceOption) (*Hosts, error) {
	h := &Hosts{}
	return h, build(ctx, "Hosts", name, h, opts, func(child pulumi.ResourceOption) error {
		return h.declare(ctx, name, args, cluster, child)
	})
}

func (h *Hosts) outputs() pulumi.Map {
	return pulumi.Map{"capacityProvider": h.CapacityProvider, "autoScalingGroup": h.GroupName}
}

func (h *Hosts) declare(ctx *pulumi.Context, name string, args *HostsArgs, cluster *Cluster, child pulumi.ResourceOption) error {
	profile, err := newInstanceProfile(ctx, name, child)
	if err != nil {
		return err
	}
	template, err := newLaunchTemplate(ctx, name, args, cluster, profile, child)
	if err != nil {
		return err
	}
	group, err := autoscaling.NewGroup(ctx, name, &autoscaling.GroupArgs{
		VpcZoneIdentifiers: args.Subnets,
		MinSize:            pulumi.Int(args.Count),
		MaxSize:            pulumi.Int(args.MaxCount),
		// The desired capacity is the capacity provider's to set, so it is not named here.
		LaunchTemplate: autoscaling.GroupLaunchTemplateArgs{
			Id:      template.ID(),
			Version: template.LatestVersion.ApplyT(func(v int) string { return fmt.Sprint(v) }).(pulumi.StringOutput),
		},
		HealthCheckType:        pulumi.String("EC2"),
		HealthCheckGracePeriod: pulumi.Int(120), // seconds: a host boots and joins within two minutes
		// The update waits for services, not for hosts: a slow host shows itself there, with a reason.
		WaitForCapacityTimeout: pulumi.String("0"),
		WarmPool:               warmPool(args),
		Tags:                   groupTags(args),
	}, child, args.Guard.Option(name))
	if err != nil {
		return err
	}
	provider, err := ecs.NewCapacityProvider(ctx, name, &ecs.CapacityProviderArgs{
		Name: pulumi.String(args.Names.Name(255, args.Suffix)),
		AutoScalingGroupProvider: ecs.CapacityProviderAutoScalingGroupProviderArgs{
			AutoScalingGroupArn: group.Arn,
			// Draining lets a host's tasks end by SIGTERM before it is terminated.
			ManagedDraining:              pulumi.String("ENABLED"),
			ManagedTerminationProtection: pulumi.String("DISABLED"),
			ManagedScaling: ecs.CapacityProviderAutoScalingGroupProviderManagedScalingArgs{
				Status: pulumi.String("ENABLED"), TargetCapacity: pulumi.Int(100), // percent of the hosts in use
				MinimumScalingStepSize: pulumi.Int(1), MaximumScalingStepSize: pulumi.Int(1),
				InstanceWarmupPeriod: pulumi.Int(120), // seconds
			},
		},
	}, child)
	if err != nil {
		return err
	}
	h.CapacityProvider, h.GroupName, h.GroupArn = provider.Name, group.Name, group.Arn
	return h.declareAlarms(ctx, name, args, child)
}

// HostConditions are those of the table of alarms that hold for hosts of a type.
func HostConditions(instanceType string) []alarms.When {
	if strings.HasPrefix(instanceType, "t") { // t3, t3a, t4g: EC2 Instance Types Guide, "Burstable performance instances"
		return []alarms.When{alarms.Always, alarms.Burstable}
	}
	return []alarms.When{alarms.Always}
}

// declareAlarms declares those of the group as a whole.
func (h *Hosts) declareAlarms(ctx *pulumi.Context, name string, args *HostsArgs, child pulumi.ResourceOption) error {
	s := subject{name: name, dimensions: map[string]pulumi.StringMap{"AWS/EC2": {"AutoScalingGroupName": h.GroupName}}}
	if err := args.Alerts.declareAlarms(ctx, s, alarms.Of(alarms.Hosts, HostConditions(args.InstanceType)...), child); err != nil {
		return err
	}
	h.StatusAlarm = args.Alerts.named(name, "status-check")
	return nil
}

// warmPool keeps one instance ready and stopped, which costs its disk alone. Capacity providers refuse a pool whose
// instances come back on scale-in.
// Source: Amazon ECS Developer Guide, "Using a warm pool for your Auto Scaling group".
func warmPool(args *HostsArgs) autoscaling.GroupWarmPoolPtrInput {
	if !args.Stopped {
		return nil
	}
	return autoscaling.GroupWarmPoolArgs{
		PoolState: pulumi.String("Stopped"), MinSize: pulumi.Int(1), MaxGroupPreparedCapacity: pulumi.Int(args.MaxCount),
		InstanceReusePolicy: autoscaling.GroupWarmPoolInstanceReusePolicyArgs{ReuseOnScaleIn: pulumi.Bool(false)},
	}
}

// newInstanceProfile gives a host what the ECS agent and the SSM agent need: no SSH, no key.
func newInstanceProfile(ctx *pulumi.Context, name string, child pulumi.ResourceOption) (*iam.InstanceProfile, error) {
	role, err := newRole(ctx, name, "ec2.amazonaws.com", "ECS hosts: the ECS agent and Session Manager", child)
	if err != nil {
		return nil, err
	}
	for suffix, arn := range map[string]string{
		"-ecs": "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role",
		"-ssm": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
	} {
		_, err := iam.NewRolePolicyAttachment(ctx, name+suffix, &iam.RolePolicyAttachmentArgs{
			Role: role.Name, PolicyArn: pulumi.String(arn),
		}, child)
		if err != nil {
			return nil, err
		}
	}
	return iam.NewInstanceProfile(ctx, name, &iam.InstanceProfileArgs{Role: role.Name}, child)
}

// groupTags tags the group itself; ECS adds AmazonECSManaged to groups that it scales, and the
// group must name it, or each update would take it away.
func groupTags(args *HostsArgs) autoscaling.GroupTagArray {
	all := map[string]string{"AmazonECSManaged": "true", "Name": args.Names.Name(255, "host")}
	maps.Copy(all, args.Tags)
	tags := autoscaling.GroupTagArray{}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		tags = append(tags, autoscaling.GroupTagArgs{
			Key: pulumi.String(key), Value: pulumi.String(all[key]), PropagateAtLaunch: pulumi.Bool(key == "AmazonECSManaged"),
		})
	}
	return tags
}
