package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const (
	lookEvery = 500 * time.Millisecond
	// backWithin is how long a service may take to be as it was.
	backWithin = 3 * time.Minute
)

// errNotSteady is the cause of a wait that was in vain.
var errNotSteady = errors.New("not steady")

// state is a steady service: who holds its lease, and which tasks wait for it.
type state struct {
	lease   lease
	waiting []string // ARNs of the tasks that run and are not the holder
}

// steady waits until the service is as it should be: all its tasks run and are healthy, one of them holds the lease,
// renews it and is healthy by the lease too, and the service answers. The rest waits for the lease.
func (d *Drill) steady(ctx context.Context) (state, error) {
	first := map[int64]int64{} // the first beat seen of each token
	deadline := time.Now().Add(backWithin)
	for {
		s, missing, err := d.look(ctx, first)
		if err != nil {
			return s, err
		}
		if missing == "" {
			return s, nil
		}
		if time.Now().After(deadline) {
			return s, fmt.Errorf("%w within %s: %s", errNotSteady, backWithin, missing)
		}
		if err := sleep(ctx, lookEvery); err != nil {
			return s, err
		}
	}
}

// look says what is missing to a steady service, "" for nothing.
func (d *Drill) look(ctx context.Context, first map[int64]int64) (s state, missing string, err error) {
	tasks, missing, err := d.tasks(ctx)
	if err != nil || missing != "" {
		return s, missing, err
	}
	if s.lease, err = d.lease(ctx); err != nil {
		return s, "", err
	}
	beat, seen := first[s.lease.token]
	if !seen {
		first[s.lease.token], beat = s.lease.beat, s.lease.beat
	}
	switch {
	case s.lease.holder == "":
		return s, "nobody holds the lease", nil
	case !slices.Contains(tasks, s.lease.task):
		return s, fmt.Sprintf("the lease names a task that does not run (%s)", s.lease.task), nil
	case !s.lease.healthy:
		return s, "the holder's probe does not hold", nil
	case s.lease.beat == beat:
		return s, "the holder has not renewed its lease since the first look", nil
	}
	s.waiting = slices.DeleteFunc(tasks, func(task string) bool { return task == s.lease.task })
	if err := d.Bot.Ask(ctx); err != nil {
		return s, "it gives no answer: " + err.Error(), ctx.Err()
	}
	return s, "", nil
}

// tasks are the ARNs of the service's tasks; missing says why they are not all there and healthy.
func (d *Drill) tasks(ctx context.Context) (arns []string, missing string, err error) {
	described, err := d.ECS.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: &d.Cluster, Services: d.Services})
	if err != nil {
		return nil, "", fmt.Errorf("cannot ask ECS for the services of %s: %w", d.Name, err)
	}
	wanted := 0
	for _, service := range described.Services {
		wanted += int(service.DesiredCount)
		listed, err := d.ECS.ListTasks(ctx, &ecs.ListTasksInput{Cluster: &d.Cluster, ServiceName: service.ServiceName})
		if err != nil {
			return nil, "", fmt.Errorf("cannot list the tasks of %s: %w", aws.ToString(service.ServiceName), err)
		}
		arns = append(arns, listed.TaskArns...)
	}
	if len(arns) != wanted || wanted < len(d.Services) {
		return nil, fmt.Sprintf("it has %d tasks, %d are wanted, and each of its %d ECS services needs one", len(arns), wanted, len(d.Services)), nil
	}
	tasks, err := d.ECS.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: &d.Cluster, Tasks: arns})
	if err != nil {
		return nil, "", fmt.Errorf("cannot ask for the tasks of %s: %w", d.Name, err)
	}
	running := 0
	for _, task := range tasks.Tasks {
		if aws.ToString(task.LastStatus) != "RUNNING" || task.HealthStatus != types.HealthStatusHealthy {
			return nil, fmt.Sprintf("task %s is %s and %s", aws.ToString(task.TaskArn), aws.ToString(task.LastStatus), task.HealthStatus), nil
		}
		running++
	}
	if running != wanted {
		return nil, fmt.Sprintf("ECS knows %d of its %d tasks", running, wanted), nil
	}
	return arns, "", nil
}

// sleep waits, and is over at once with ctx.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
