package rollout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Holder is who must hold a singleton's lease in the end.
type Holder struct {
	// Name is the singleton's name: its lease's and its container's.
	Name string
	// Services are the ECS services that run it: its own and its standby's.
	Services []string
	Cluster  string
	// TaskDefinition is the ARN of the declared revision.
	TaskDefinition string
	LogGroup       string
	// Table is the leases' DynamoDB table.
	Table string
	// Within is how long the service may take from its lease to its first healthy probe.
	Within time.Duration
}

// failuresToRollBack is how many tasks of a new revision may fail before it is given up: the least that ECS's own circuit
// breaker takes. Source: Amazon ECS Developer Guide, "How the Amazon ECS deployment circuit breaker detects failures".
const failuresToRollBack = 3

// handover is the longest time from the end of a rollout to a holder of the new revision: a lease that ran out, and a poll.
const handover = 30 * time.Second

// WaitHolder returns nil once a task of the declared revision holds the lease and its probe holds.
//
// To ECS a task that waits for its lease is healthy, so a rollout can be complete before the new code has run at all: ECS's
// circuit breaker does not see that it fails. This does, puts all services back on the revision that was healthy last, and
// returns an error with the stop reason and the last log lines.
func (r *Runner) WaitHolder(ctx context.Context, h Holder) error {
	deadline := r.Clock.Now().Add(h.Within + handover)
	asked := map[string]bool{} // tasks that were asked to let go of the lease
	for {
		lease, err := r.lease(ctx, h)
		if err != nil {
			return err
		}
		if lease.holder && lease.healthy && lease.revision == lastPart(h.TaskDefinition) {
			return nil
		}
		if lease.holder && lease.task != "" && !asked[lease.task] {
			asked[lease.task] = true
			if err := r.askStranger(ctx, h, lease.task); err != nil {
				return err
			}
		}
		failed, err := r.failedTasks(ctx, h)
		if err != nil {
			return err
		}
		switch {
		case len(failed) >= failuresToRollBack:
			return r.takeBack(ctx, h, lease, fmt.Sprintf("its tasks end before they are healthy (%d so far)", len(failed)), failed)
		case !r.Clock.Now().Before(deadline):
			return r.takeBack(ctx, h, lease, fmt.Sprintf("it is not healthy %s after its rollout", h.Within+handover), failed)
		}
		if err := r.Clock.Sleep(ctx, pollEvery); err != nil {
			return fmt.Errorf("service %s: interrupted while it takes its lease: %w", h.Name, err)
		}
	}
}

// askStranger stops a holder that belongs to none of the services: the task of a standby that is not declared any more.
// Pulumi deletes its ECS service only when all else is done, and this waits for the lease that it holds.
func (r *Runner) askStranger(ctx context.Context, h Holder, task string) error {
	out, err := r.ECS.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: aws.String(h.Cluster), Tasks: []string{task}})
	if err != nil {
		return fmt.Errorf("service %s: task %s, which holds its lease: %w", h.Name, lastPart(task), err)
	}
	if len(out.Tasks) == 0 || aws.ToString(out.Tasks[0].LastStatus) == "STOPPED" {
		return nil // its lease runs out
	}
	service, ok := strings.CutPrefix(aws.ToString(out.Tasks[0].Group), "service:")
	if ok && slices.Contains(h.Services, service) {
		return nil // ECS itself replaces it
	}
	r.progress(fmt.Sprintf("%s: task %s of %s holds the lease and is not declared any more; stopping it", h.Name, lastPart(task), orElse(service, "no service")))
	_, err = r.ECS.StopTask(ctx, &ecs.StopTaskInput{Cluster: aws.String(h.Cluster), Task: aws.String(task), Reason: aws.String("botyard: it is not declared any more")})
	if err != nil {
		return fmt.Errorf("service %s: task %s holds its lease and cannot be stopped: %w", h.Name, lastPart(task), err)
	}
	return nil
}

// failedTasks are the tasks of the declared revision that ended by themselves with an error during this update, newest first.
func (r *Runner) failedTasks(ctx context.Context, h Holder) ([]types.Task, error) {
	var failed []types.Task
	for _, service := range h.Services {
		tasks, err := r.tasks(ctx, Service{Name: service, Cluster: h.Cluster}, types.DesiredStatusStopped)
		if err != nil {
			return nil, err
		}
		for _, task := range tasks {
			if aws.ToString(task.TaskDefinitionArn) == h.TaskDefinition && !exitedZero(task, h.Name) &&
				task.StopCode != types.TaskStopCodeServiceSchedulerInitiated && !aws.ToTime(task.StoppedAt).Before(r.Started) {
				failed = append(failed, task)
			}
		}
	}
	return failed, nil
}

// takeBack puts the services back on the revision that was healthy last, waits until it holds the lease, and says so.
func (r *Runner) takeBack(ctx context.Context, h Holder, lease lease, why string, failed []types.Task) error {
	said := []string{fmt.Sprintf("service %s: the deployment of %s failed: %s", h.Name, lastPart(h.TaskDefinition), why)}
	switch good := lease.good; {
	case good == "" || good == lastPart(h.TaskDefinition):
		said = append(said, "  no other revision has been healthy before, so there is none to go back to")
	default:
		said = append(said, r.putBack(ctx, h, good))
	}
	if len(failed) > 0 {
		said = append(said, "  "+stopReason(failed[0]), r.lastLines(ctx, h.LogGroup, h.Name, aws.ToString(failed[0].TaskArn)))
	} else if lease.task != "" {
		said = append(said, r.lastLines(ctx, h.LogGroup, h.Name, lease.task))
	}
	return errors.New(strings.Join(said, "\n"))
}

// putBack returns a line that says how it went: the deployment's own failure is the error.
func (r *Runner) putBack(ctx context.Context, h Holder, good string) string {
	for _, service := range h.Services {
		_, err := r.ECS.UpdateService(ctx, &ecs.UpdateServiceInput{
			Cluster: aws.String(h.Cluster), Service: aws.String(service), TaskDefinition: aws.String(good),
		})
		if err != nil {
			return fmt.Sprintf("  %s could not be put back on %s: %v", service, good, err)
		}
	}
	r.progress(fmt.Sprintf("%s: going back to %s", h.Name, good))
	deadline := r.Clock.Now().Add(h.Within + 2*handover)
	for r.Clock.Now().Before(deadline) {
		if lease, err := r.lease(ctx, h); err == nil && lease.holder && lease.healthy && lease.revision == good {
			return "  rolled back: " + good + " runs again"
		}
		if err := r.Clock.Sleep(ctx, pollEvery); err != nil {
			return "  interrupted while going back to " + good
		}
	}
	return fmt.Sprintf("  going back to %s; it is not healthy yet", good)
}
