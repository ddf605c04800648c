package rollout

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// verify holds the running tasks against the declaration: revision, digest, health. ECS says
// COMPLETED for the deployment; this looks at what really runs.
func (r *Runner) verify(ctx context.Context, s Service, svc *types.Service) error {
	tasks, err := r.tasks(ctx, s, types.DesiredStatusRunning)
	if err != nil {
		return err
	}
	var running int32
	for _, t := range tasks {
		if aws.ToString(t.LastStatus) != "RUNNING" {
			continue
		}
		if got := aws.ToString(t.TaskDefinitionArn); got != s.TaskDefinition {
			return fmt.Errorf("service %s: task %s runs %s where %s is declared",
				s.Name, lastPart(aws.ToString(t.TaskArn)), lastPart(got), lastPart(s.TaskDefinition))
		}
		for _, c := range t.Containers {
			if err := sameDigest(s, c); err != nil {
				return err
			}
		}
		running++
	}
	if running < svc.DesiredCount {
		return fmt.Errorf("service %s: ECS calls the deployment complete, but %d of %d tasks run; its last events:\n%s",
			s.Name, running, svc.DesiredCount, lastEvents(svc, 3))
	}
	return nil
}

// sameDigest compares the container's image with the declared digest. ECS leaves imageDigest
// out for some registries; the reference itself, which names a digest, is compared then.
func sameDigest(s Service, c types.Container) error {
	if aws.ToString(c.Name) != s.Container {
		return nil
	}
	got := aws.ToString(c.ImageDigest)
	if got == "" {
		_, got, _ = strings.Cut(aws.ToString(c.Image), "@")
	}
	if got != s.Digest {
		return fmt.Errorf("service %s: runs image %s where %s is declared", s.Name, orElse(got, "without a digest"), s.Digest)
	}
	return nil
}

func deploymentOf(svc *types.Service, taskDefinition string) *types.Deployment {
	for i, d := range svc.Deployments {
		if aws.ToString(d.TaskDefinition) == taskDefinition {
			return &svc.Deployments[i]
		}
	}
	return nil
}

// settled tells whether the declared deployment is the only one left and complete. With the
// circuit breaker on, ECS reports COMPLETED after the tasks have become healthy.
// Source: Amazon ECS API Reference, Deployment.rolloutState.
func settled(svc *types.Service, d *types.Deployment) bool {
	return len(svc.Deployments) == 1 &&
		d.RolloutState == types.DeploymentRolloutStateCompleted &&
		svc.RunningCount == svc.DesiredCount
}

func describeState(svc *types.Service, d *types.Deployment) string {
	if d == nil {
		return "waiting for the declared revision"
	}
	return fmt.Sprintf("%s %s, %d of %d running, %d failed",
		lastPart(aws.ToString(d.TaskDefinition)), strings.ToLower(strings.ReplaceAll(string(d.RolloutState), "_", " ")),
		d.RunningCount, svc.DesiredCount, d.FailedTasks)
}

func lastEvents(svc *types.Service, n int) string {
	var lines []string
	for i, e := range svc.Events {
		if i == n {
			break
		}
		lines = append(lines, "  | "+aws.ToString(e.Message))
	}
	return orElse(strings.Join(lines, "\n"), "  | (none)")
}
