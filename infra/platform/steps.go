package platform

import (
	"context"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/rollout"
)

// Runner does what a declaration cannot, while an update runs; *rollout.Runner is the real one.
type Runner interface {
	RunOneOff(context.Context, rollout.OneOff) error
	WaitSteady(context.Context, rollout.Service) error
	RequireValue(ctx context.Context, arn string) error
}

// placement resolves to where a cluster's one-off tasks run.
func placement(cluster *Cluster) pulumi.Output {
	return pulumi.All(cluster.Arn, cluster.CapacityProvider, cluster.network.PublicSubnetIDs, cluster.SecurityGroupID).
		ApplyT(func(all []any) rollout.Placement {
			p := rollout.Placement{Cluster: all[0].(string), CapacityProvider: all[1].(string)}
			if cluster.Fargate {
				p.Subnets, p.SecurityGroups, p.AssignPublicIP = all[2].([]string), []string{all[3].(string)}, true
			}
			return p
		})
}

// runOneOff passes the task definition's ARN on once the one-off task has exited 0; what names
// the task and its command comes with o, the rest is filled in here. A preview runs nothing.
func runOneOff(ctx *pulumi.Context, runner Runner, cluster *Cluster, t *task, o rollout.OneOff) pulumi.StringOutput {
	if ctx.DryRun() {
		return t.definition.Arn
	}
	return pulumi.All(t.definition.Arn, t.logGroup.Name, placement(cluster)).ApplyTWithContext(ctx.Context(),
		func(c context.Context, all []any) (string, error) {
			o.TaskDefinition, o.LogGroup, o.Placement = all[0].(string), all[1].(string), all[2].(rollout.Placement)
			return o.TaskDefinition, runner.RunOneOff(c, o)
		}).(pulumi.StringOutput)
}

// steady passes the digest on once the service runs it and nothing else. A preview waits for nothing.
func steady(ctx *pulumi.Context, runner Runner, name string, service *ecs.Service, args *ServiceArgs) pulumi.StringOutput {
	if ctx.DryRun() {
		return args.Image.ApplyT(digestOf).(pulumi.StringOutput)
	}
	return pulumi.All(service.TaskDefinition.Elem(), args.Image, args.Cluster.Arn, service.ID()).ApplyTWithContext(ctx.Context(),
		func(c context.Context, all []any) (string, error) {
			digest := digestOf(all[1].(string))
			return digest, runner.WaitSteady(c, rollout.Service{
				Name: name, Cluster: all[2].(string), TaskDefinition: all[0].(string), Digest: digest,
				LogGroup: "/" + args.Names.Path(name),
			})
		}).(pulumi.StringOutput)
}

// digestOf is the sha256:… of a reference by digest.
func digestOf(reference string) string {
	_, digest, _ := strings.Cut(reference, "@")
	return digest
}
