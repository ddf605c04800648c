package platform

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/autoscaling"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// RecoveryArgs describes what AWS does by itself when a host is dead.
type RecoveryArgs struct {
	// Required.
	Cluster   *Cluster
	Region    string
	AccountID string
	Names     Namer

	// Down are the alarms, by name, that start the stopped instance. Optional: without any none is started.
	Down []pulumi.StringOutput
}

// Recovery replaces a host whose ECS agent is dead, and starts the stopped instance of the warm pool when a service is
// down. EventBridge starts SSM Automation for both: a composite alarm can reach neither EC2 nor Auto Scaling.
// Source: Amazon CloudWatch User Guide, "Create a composite alarm".
type Recovery struct {
	pulumi.ResourceState

	args *RecoveryArgs
}

// NewRecovery declares the recovery.
func NewRecovery(ctx *pulumi.Context, name string, args *RecoveryArgs, opts ...pulumi.ResourceOption) (*Recovery, error) {
	r := &Recovery{args: args}
	return r, build(ctx, "Recovery", name, r, opts, func(child pulumi.ResourceOption) error {
		if err := r.replaceDeadHosts(ctx, name+"-replace-host", child); err != nil {
			return err
		}
		if len(args.Down) == 0 {
			return nil
		}
		return r.startStoppedHost(ctx, name+"-start-host", child)
	})
}

func (r *Recovery) outputs() pulumi.Map { return pulumi.Map{} }

func (r *Recovery) site() site { return site{r.args.Names, r.args.Region, r.args.AccountID} }

// replaceDeadHosts acts on an ECS agent that has lost its connection and has not found it again: its tasks run on, and ECS
// neither sees nor moves them.
func (r *Recovery) replaceDeadHosts(ctx *pulumi.Context, name string, child pulumi.ResourceOption) error {
	pattern := pulumi.All(r.args.Cluster.Arn).ApplyT(func(all []any) (string, error) {
		return canonical(map[string]any{
			"source": []string{"aws.ecs"}, "detail-type": []string{"ECS Container Instance State Change"},
			"detail": map[string]any{"clusterArn": all, "agentConnected": []bool{false}, "status": []string{"ACTIVE", "DRAINING"}},
		})
	}).(pulumi.StringOutput)
	automation := automation{
		site:        r.site(),
		description: "Replace a host whose ECS agent is dead",
		parameters:  map[string]string{"InstanceId": "$.detail.ec2InstanceId", "ContainerInstance": "$.detail.containerInstanceArn"},
		steps:       replaceHost,
		patterns:    []pulumi.StringOutput{pattern},
		permissions: policyOf(r.groupARNs(), func(arns []string) []statement {
			return append(r.hostPermissions(), allow(arns, "autoscaling:TerminateInstanceInAutoScalingGroup"))
		}),
	}
	return automation.declare(ctx, name, pulumi.StringArray{r.args.Cluster.Name}, child)
}

// hostPermissions let the automation look at hosts and forget the one that it has terminated.
func (r *Recovery) hostPermissions() []statement {
	instances := fmt.Sprintf("arn:aws:ecs:%s:%s:container-instance/%s/*", r.args.Region, r.args.AccountID, r.args.Names.Name(255))
	return []statement{
		allow(instances, "ecs:DescribeContainerInstances"),
		allow(fmt.Sprintf("arn:aws:ecs:%s:%s:cluster/%s", r.args.Region, r.args.AccountID, r.args.Names.Name(255)), "ecs:DeregisterContainerInstance"),
		allow("*", "ec2:DescribeInstances"), // has no resource to narrow it to
	}
}

// groupARNs are the Auto Scaling groups' ARNs.
func (r *Recovery) groupARNs() pulumi.StringArray {
	var arns pulumi.StringArray
	for _, hosts := range r.args.Cluster.Hosts {
		arns = append(arns, hosts.GroupArn)
	}
	return arns
}

// startStoppedHost adds a host when a service is down: the group takes it from its warm pool, where it waits booted and
// stopped. The capacity provider takes it away again once it is empty.
func (r *Recovery) startStoppedHost(ctx *pulumi.Context, name string, child pulumi.ResourceOption) error {
	hosts := r.args.Cluster.Hosts[0]
	policy, err := autoscaling.NewPolicy(ctx, name, &autoscaling.PolicyArgs{
		Name:                 pulumi.String(r.args.Names.Name(255, name)),
		AutoscalingGroupName: hosts.GroupName, PolicyType: pulumi.String("SimpleScaling"),
		AdjustmentType: pulumi.String("ChangeInCapacity"), ScalingAdjustment: pulumi.Int(1),
		Cooldown: pulumi.Int(300), // seconds: several services that are down at once want one host
	}, child)
	if err != nil {
		return err
	}
	names := pulumi.StringArray{}
	for _, alarm := range r.args.Down {
		names = append(names, alarm)
	}
	automation := automation{
		site:        r.site(),
		description: "Start the stopped host",
		parameters:  map[string]string{},
		steps:       startHost,
		patterns: []pulumi.StringOutput{names.ToStringArrayOutput().ApplyT(func(names []string) (string, error) {
			return canonical(map[string]any{
				"source": []string{"aws.cloudwatch"}, "detail-type": []string{"CloudWatch Alarm State Change"},
				"detail": map[string]any{"alarmName": names, "state": map[string]any{"value": []string{"ALARM"}},
					// A new alarm has yet to see its first data, and goes off without a reason.
					"previousState": map[string]any{"value": []string{"OK"}}},
			})
		}).(pulumi.StringOutput)},
		permissions: policyOf(pulumi.StringArray{hosts.GroupArn}, func(arns []string) []statement {
			return []statement{allow(arns[0], "autoscaling:ExecutePolicy")}
		}),
	}
	return automation.declare(ctx, name, pulumi.StringArray{hosts.GroupName, policy.Name}, child)
}

// newServiceRole declares a role for one AWS service with one policy.
func newServiceRole(ctx *pulumi.Context, name, service, description string, policy pulumi.StringInput, child pulumi.ResourceOption) (*iam.Role, error) {
	role, err := newRole(ctx, name, service, description, child)
	if err != nil {
		return nil, err
	}
	_, err = iam.NewRolePolicy(ctx, name, &iam.RolePolicyArgs{Role: role.Name, Policy: policy}, child)
	return role, err
}
