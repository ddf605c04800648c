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

// gate passes the task definition's ARN on once the service's one-off task has exited 0. A
// preview runs nothing.
func gate(ctx *pulumi.Context, runner Runner, name string, t *task, args *ServiceArgs) pulumi.StringOutput {
	if len(args.Before) == 0 || ctx.DryRun() {
		return t.definition.Arn
	}
	return pulumi.All(t.definition.Arn, t.logGroup.Name, placement(args.Cluster)).ApplyTWithContext(ctx.Context(),
		func(c context.Context, all []any) (string, error) {
			return all[0].(string), runner.RunOneOff(c, rollout.OneOff{
				Name: name + ": before", TaskDefinition: all[0].(string), Container: name, Command: args.Before,
				LogGroup: all[1].(string), Placement: all[2].(rollout.Placement),
			})
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
