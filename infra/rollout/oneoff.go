package rollout

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// doneTag marks a task definition whose one-off task has exited 0, so that it runs once a
// revision and not once an update. Its value is the time, RFC 3339.
const doneTag = "botyard:one-off-done"

// OneOff is a task that runs to its end before a rollout, such as a schema migration.
type OneOff struct {
	// Name is what messages call it, such as "leveling-api: before".
	Name string
	// TaskDefinition is the ARN of the revision to run.
	TaskDefinition string
	// Container is the container whose command is replaced and whose exit code counts.
	Container string
	// Command replaces the container's; empty keeps it.
	Command   []string
	LogGroup  string
	Placement Placement
}

// RunOneOff runs the task and returns nil once its container has exited 0. A revision that
// has succeeded before is not run again. The error carries the stop reason, the exit code
// and the last log lines.
func (r *Runner) RunOneOff(ctx context.Context, o OneOff) error {
	done, err := r.succeededBefore(ctx, o)
	if err != nil || done {
		return err
	}
	began := r.Clock.Now()
	arn, err := r.start(ctx, o)
	if err != nil {
		return err
	}
	r.progress(fmt.Sprintf("%s: task %s started", o.Name, lastPart(arn)))
	task, err := r.waitStopped(ctx, o, arn)
	if err != nil {
		return err
	}
	if !exitedZero(task, o.Container) {
		return fmt.Errorf("%s: the one-off task failed, so nothing that depends on it was changed: %s\n%s",
			o.Name, stopReason(task), r.lastLines(ctx, o.LogGroup, o.Container, arn))
	}
	_, err = r.ECS.TagResource(ctx, &ecs.TagResourceInput{
		ResourceArn: aws.String(o.TaskDefinition),
		Tags:        []types.Tag{{Key: aws.String(doneTag), Value: aws.String(r.Clock.Now().UTC().Format(time.RFC3339))}},
	})
	if err != nil {
		return fmt.Errorf("%s: exited 0, but its task definition %s could not be tagged: %w", o.Name, o.TaskDefinition, err)
	}
	r.progress(fmt.Sprintf("%s: exited 0 after %.1f s", o.Name, r.Clock.Now().Sub(began).Seconds()))
	return nil
}

func (r *Runner) succeededBefore(ctx context.Context, o OneOff) (bool, error) {
	out, err := r.ECS.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{
		TaskDefinition: aws.String(o.TaskDefinition),
		Include:        []types.TaskDefinitionField{types.TaskDefinitionFieldTags},
	})
	if err != nil {
		return false, fmt.Errorf("%s: task definition %s: %w", o.Name, o.TaskDefinition, err)
	}
	for _, tag := range out.Tags {
		if aws.ToString(tag.Key) == doneTag {
			return true, nil
		}
	}
	return false, nil
}

// start asks for the task until a host takes it: at a stack's first update the hosts still boot.
func (r *Runner) start(ctx context.Context, o OneOff) (string, error) {
	deadline := r.Clock.Now().Add(waitAtMost)
	in := &ecs.RunTaskInput{
		Cluster:                  aws.String(o.Placement.Cluster),
		TaskDefinition:           aws.String(o.TaskDefinition),
		CapacityProviderStrategy: o.Placement.strategy(),
		NetworkConfiguration:     o.Placement.network(),
		StartedBy:                aws.String("botyard"),
	}
	if len(o.Command) > 0 {
		in.Overrides = &types.TaskOverride{ContainerOverrides: []types.ContainerOverride{{
			Name: aws.String(o.Container), Command: o.Command,
		}}}
	}
	for {
		out, err := r.ECS.RunTask(ctx, in)
		if err == nil && len(out.Tasks) == 1 {
			return aws.ToString(out.Tasks[0].TaskArn), nil
		}
		reason := refusal(out, err)
		if !waitingForHost(reason) {
			return "", fmt.Errorf("%s: the one-off task could not be started: %s", o.Name, reason)
		}
		if !r.Clock.Now().Before(deadline) {
			return "", fmt.Errorf("%s: no host took the one-off task within %s: %s; "+
				"look at the Auto Scaling group's activity and at the instance's ECS agent", o.Name, waitAtMost, reason)
		}
		r.progress(fmt.Sprintf("%s: waiting for a host (%s)", o.Name, reason))
		if err := r.Clock.Sleep(ctx, 5*pollEvery); err != nil {
			return "", fmt.Errorf("%s: interrupted while waiting for a host: %w", o.Name, err)
		}
	}
}

func refusal(out *ecs.RunTaskOutput, err error) string {
	if err != nil {
		return err.Error()
	}
	var reasons []string
	for _, f := range out.Failures {
		reasons = append(reasons, strings.TrimSpace(aws.ToString(f.Reason)+" "+aws.ToString(f.Detail)))
	}
	if len(reasons) == 0 {
		return "ECS returned neither a task nor a failure"
	}
	return strings.Join(reasons, "; ")
}

// waitingForHost tells reasons that pass once a host has joined the cluster from those that stay.
// Source: Amazon ECS API Reference, "API failure reasons" and RunTask's errors.
func waitingForHost(reason string) bool {
	for _, passing := range []string{"No Container Instances were found", "RESOURCE:", "AGENT", "EMPTY CAPACITY PROVIDER"} {
		if strings.Contains(reason, passing) {
			return true
		}
	}
	return false
}

func (r *Runner) waitStopped(ctx context.Context, o OneOff, arn string) (types.Task, error) {
	deadline := r.Clock.Now().Add(waitAtMost)
	for r.Clock.Now().Before(deadline) {
		out, err := r.ECS.DescribeTasks(ctx, &ecs.DescribeTasksInput{
			Cluster: aws.String(o.Placement.Cluster), Tasks: []string{arn},
		})
		if err != nil {
			return types.Task{}, fmt.Errorf("%s: task %s: %w", o.Name, arn, err)
		}
		if len(out.Tasks) == 1 && aws.ToString(out.Tasks[0].LastStatus) == "STOPPED" {
			return out.Tasks[0], nil
		}
		if err := r.Clock.Sleep(ctx, pollEvery/2); err != nil {
			return types.Task{}, fmt.Errorf("%s: interrupted; task %s goes on by itself: %w", o.Name, arn, err)
		}
	}
	return types.Task{}, errors.New(o.Name + ": the one-off task has not ended within " + waitAtMost.String() +
		"; it goes on by itself as " + arn + "\n" + r.lastLines(ctx, o.LogGroup, o.Container, arn))
}

func exitedZero(task types.Task, container string) bool {
	for _, c := range task.Containers {
		if aws.ToString(c.Name) == container {
			return c.ExitCode != nil && *c.ExitCode == 0
		}
	}
	return false
}
