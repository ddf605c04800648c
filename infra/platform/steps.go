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
	CheckScans(context.Context, rollout.Scans) ([]string, error)
	WaitSteady(context.Context, rollout.Service) error
	WaitHolder(context.Context, rollout.Holder) error
	RequireValue(ctx context.Context, arn string) error
	FindModel(ctx context.Context, q rollout.ModelQuery) (rollout.Model, error)
	KeepModel(ctx context.Context, bucket string, m rollout.Model) error
	Value(ctx context.Context, arn string) (string, error)
	Revisions(ctx context.Context, cluster string, services []string) (map[string]rollout.Revision, error)
	Announce(context.Context, rollout.Deployment) error
	Releases(ctx context.Context, table string) ([]rollout.Release, error)
	Release(ctx context.Context, table, id string) (rollout.Release, error)
	UnprotectDatabase(ctx context.Context, identifier string) error
	FreeTag(ctx context.Context, reference string) error
	Pushed(ctx context.Context, repository string) ([]rollout.Pushed, error)
	Remember(ctx context.Context, table string, now rollout.Release, keep int) (string, error)
}

// placement resolves to where a cluster's one-off tasks run.
func placement(cluster *Cluster) pulumi.Output {
	return pulumi.All(cluster.Arn, cluster.Active.CapacityProvider, cluster.Active.Subnets, cluster.SecurityGroupID).
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

// running passes the digest on once all of the service's ECS services run it and nothing else, and a singleton's lease is
// held by it. A preview waits for nothing.
func running(ctx *pulumi.Context, name string, services []*ecs.Service, args *ServiceArgs) pulumi.StringOutput {
	if ctx.DryRun() {
		return args.Image.ApplyT(digestOf).(pulumi.StringOutput)
	}
	names := []string{name, standbyName(name)}[:len(services)]
	steady := []any{services[0].TaskDefinition.Elem(), args.Image, args.Cluster.Arn}
	for i, service := range services {
		steady = append(steady, waitSteady(ctx, names[i], name, service, args))
	}
	if args.Warden != nil {
		steady = append(steady, args.Warden.Leases.TableName)
	}
	return pulumi.All(steady...).ApplyTWithContext(ctx.Context(), func(c context.Context, all []any) (string, error) {
		digest := digestOf(all[1].(string))
		if !args.Singleton {
			return digest, nil
		}
		return digest, args.Runner.WaitHolder(c, rollout.Holder{
			Name: name, Services: names, Cluster: all[2].(string), TaskDefinition: all[0].(string),
			LogGroup: "/" + args.Names.Path(name), Table: all[len(all)-1].(string), Within: args.startWithin(),
		})
	}).(pulumi.StringOutput)
}

// waitSteady passes the ECS service's id on once it runs as declared.
func waitSteady(ctx *pulumi.Context, name, container string, service *ecs.Service, args *ServiceArgs) pulumi.Output {
	return pulumi.All(service.TaskDefinition.Elem(), args.Image, args.Cluster.Arn, service.ID()).ApplyTWithContext(ctx.Context(),
		func(c context.Context, all []any) (string, error) {
			return name, args.Runner.WaitSteady(c, rollout.Service{
				Name: name, Container: container, Cluster: all[2].(string), TaskDefinition: all[0].(string),
				Digest: digestOf(all[1].(string)), LogGroup: "/" + args.Names.Path(container),
			})
		})
}

// digestOf is the sha256:… of a reference by digest.
func digestOf(reference string) string {
	_, digest, _ := strings.Cut(reference, "@")
	return digest
}
