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

// Service is what must be running in the end.
type Service struct {
	// Name is the ECS service's name.
	Name string
	// Container is its container's name.
	Container string
	Cluster   string
	// TaskDefinition is the ARN of the declared revision.
	TaskDefinition string
	// Digest is the declared image digest, sha256:….
	Digest   string
	LogGroup string
}

// WaitSteady returns nil once the service runs the declared task definition alone, with all
// wanted tasks running, none unhealthy, and each on the declared digest. A deployment that
// ECS gave up or rolled back is an error with the stop reason and the last log lines; what
// ran before goes on running.
//
// A service that an earlier, failed update left on an older revision is deployed again: the
// declaration has not changed since, so Pulumi alone would see nothing to do.
func (r *Runner) WaitSteady(ctx context.Context, s Service) error {
	deadline := r.Clock.Now().Add(waitAtMost)
	seen, lastNews, lastState := false, r.Clock.Now(), ""
	for {
		svc, err := r.describe(ctx, s)
		if err != nil {
			return err
		}
		declared := deploymentOf(svc, s.TaskDefinition)
		switch {
		case !seen && r.failedEarlier(declared), declared == nil && !seen && !r.failedSinceStart(svc):
			if err := r.redeploy(ctx, s, svc); err != nil {
				return err
			}
			seen = true
		case declared == nil, declared.RolloutState == types.DeploymentRolloutStateFailed:
			return r.failed(ctx, s, svc)
		case settled(svc, declared):
			return r.verify(ctx, s, svc)
		default:
			seen = true
		}
		if state := describeState(svc, declared); state != lastState || r.Clock.Now().Sub(lastNews) >= quietAtMost {
			r.progress(s.Name + ": " + state)
			lastNews, lastState = r.Clock.Now(), state
		}
		if !r.Clock.Now().Before(deadline) {
			return fmt.Errorf("service %s: not steady within %s: %s; its last events:\n%s",
				s.Name, waitAtMost, lastState, lastEvents(svc, 3))
		}
		if err := r.Clock.Sleep(ctx, pollEvery); err != nil {
			return fmt.Errorf("service %s: interrupted while its deployment goes on: %w", s.Name, err)
		}
	}
}

func (r *Runner) describe(ctx context.Context, s Service) (*types.Service, error) {
	out, err := r.ECS.DescribeServices(ctx, &ecs.DescribeServicesInput{
		Cluster: aws.String(s.Cluster), Services: []string{s.Name},
	})
	if err != nil {
		return nil, fmt.Errorf("service %s: %w", s.Name, err)
	}
	if len(out.Services) != 1 {
		return nil, fmt.Errorf("service %s: ECS does not know it in cluster %s; "+
			"was it deleted outside of this program? `pulumi refresh` finds out", s.Name, s.Cluster)
	}
	return &out.Services[0], nil
}

// failedEarlier tells whether the deployment failed before this update began: a service's very
// first one, which ECS has nothing to roll back to and leaves as it is.
func (r *Runner) failedEarlier(d *types.Deployment) bool {
	return d != nil && d.RolloutState == types.DeploymentRolloutStateFailed && aws.ToTime(d.UpdatedAt).Before(r.Started)
}

// redeploy puts a service that an earlier update left behind on the declared revision.
func (r *Runner) redeploy(ctx context.Context, s Service, svc *types.Service) error {
	r.progress(fmt.Sprintf("%s: an earlier update left it on %s; deploying %s again",
		s.Name, lastPart(aws.ToString(svc.TaskDefinition)), lastPart(s.TaskDefinition)))
	_, err := r.ECS.UpdateService(ctx, &ecs.UpdateServiceInput{
		Cluster: aws.String(s.Cluster), Service: aws.String(s.Name), TaskDefinition: aws.String(s.TaskDefinition),
		ForceNewDeployment: true,
	})
	if err != nil {
		return fmt.Errorf("service %s: could not be put back on %s: %w", s.Name, lastPart(s.TaskDefinition), err)
	}
	return nil
}

// failedSinceStart tells whether ECS says that a deployment failed during this update: a fast
// circuit breaker may have rolled back before the first look.
func (r *Runner) failedSinceStart(svc *types.Service) bool {
	for _, e := range svc.Events {
		if aws.ToTime(e.CreatedAt).Before(r.Started.Truncate(time.Second)) {
			continue
		}
		message := aws.ToString(e.Message)
		if strings.Contains(message, "deployment failed") || strings.Contains(message, "rolling back") {
			return true
		}
	}
	return false
}

// failed builds the error of a deployment that ECS gave up.
func (r *Runner) failed(ctx context.Context, s Service, svc *types.Service) error {
	why := []string{fmt.Sprintf("service %s: the deployment of %s failed", s.Name, lastPart(s.TaskDefinition))}
	if now := aws.ToString(svc.TaskDefinition); now != "" && now != s.TaskDefinition {
		why = append(why, "  ECS rolled back: "+lastPart(now)+" goes on running")
	}
	task, err := r.lastStopped(ctx, s)
	switch {
	case err != nil:
		why = append(why, "  (its stopped tasks cannot be listed: "+err.Error()+")")
	case task == nil:
		why = append(why, "  no stopped task is left to ask; the service's last events:", lastEvents(svc, 5))
	default:
		why = append(why, "  "+stopReason(*task), r.lastLines(ctx, s.LogGroup, s.Container, aws.ToString(task.TaskArn)))
	}
	return errors.New(strings.Join(why, "\n"))
}

// lastStopped is the newest stopped task of the declared revision, or nil.
func (r *Runner) lastStopped(ctx context.Context, s Service) (*types.Task, error) {
	tasks, err := r.tasks(ctx, s, types.DesiredStatusStopped)
	if err != nil {
		return nil, err
	}
	var newest *types.Task
	for i, t := range tasks {
		if aws.ToString(t.TaskDefinitionArn) != s.TaskDefinition {
			continue
		}
		if newest == nil || aws.ToTime(t.CreatedAt).After(aws.ToTime(newest.CreatedAt)) {
			newest = &tasks[i]
		}
	}
	return newest, nil
}

func (r *Runner) tasks(ctx context.Context, s Service, desired types.DesiredStatus) ([]types.Task, error) {
	list, err := r.ECS.ListTasks(ctx, &ecs.ListTasksInput{
		Cluster: aws.String(s.Cluster), ServiceName: aws.String(s.Name), DesiredStatus: desired,
	})
	if err != nil {
		return nil, fmt.Errorf("tasks of service %s: %w", s.Name, err)
	}
	if len(list.TaskArns) == 0 {
		return nil, nil
	}
	out, err := r.ECS.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: aws.String(s.Cluster), Tasks: list.TaskArns})
	if err != nil {
		return nil, fmt.Errorf("tasks of service %s: %w", s.Name, err)
	}
	return out.Tasks, nil
}
