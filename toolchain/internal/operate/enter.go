package operate

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Place is a running container that can be entered.
type Place struct {
	Cluster, Task, Container string // the first two are ARNs
	Holder                   bool   // the task holds the service's lease
}

// Place is where a command in the service is to run: of a singleton in the task that holds its lease, else in the first
// that runs. remote asks for one that ECS Exec reaches; it switches nothing on.
func (f Fleet) Place(ctx context.Context, name string, remote bool) (Place, error) {
	services, err := f.standing(ctx, name)
	if err != nil {
		return Place{}, err
	}
	d, err := f.definition(ctx, services[0])
	if err != nil {
		return Place{}, err
	}
	held := lease{}
	if d.singleton() {
		if held, err = f.lease(ctx, name); err != nil {
			return Place{}, err
		}
	}
	task, by, err := f.pick(ctx, services, held)
	if err != nil {
		return Place{}, err
	}
	if task == nil {
		return Place{}, fmt.Errorf("no task of %s runs, so there is nothing to enter; make status%s says how it is, %s what it said last", name, f.stack(), f.seeLog(name))
	}
	p := Place{Cluster: f.Out.ClusterArn, Task: aws.ToString(task.TaskArn), Container: name, Holder: held.task == aws.ToString(task.TaskArn)}
	if remote {
		return p, f.reachable(name, *by, *task)
	}
	return p, nil
}

// pick is the task to enter and its ECS service; nil if none runs.
func (f Fleet) pick(ctx context.Context, services []types.Service, held lease) (task *types.Task, by *types.Service, err error) {
	for i, service := range services {
		tasks, err := f.tasks(ctx, aws.ToString(service.ServiceName))
		if err != nil {
			return nil, nil, err
		}
		for j, each := range tasks {
			holds := held.task != "" && aws.ToString(each.TaskArn) == held.task
			if aws.ToString(each.LastStatus) == "RUNNING" && (task == nil || holds) {
				task, by = &tasks[j], &services[i]
			}
		}
	}
	return task, by, nil
}

// reachable tells why ECS Exec does not reach a task.
func (f Fleet) reachable(name string, service types.Service, task types.Task) error {
	switch {
	case !service.EnableExecuteCommand:
		return fmt.Errorf("ECS Exec is off for %s. To switch it on: services.%s.exec: true under botyard:services in Pulumi.%s.yaml, and an update", aws.ToString(service.ServiceName), name, f.Stack)
	case !task.EnableExecuteCommand:
		return fmt.Errorf("ECS Exec is on for %s, but task %s was started before that. Right would be make restart SERVICE=%s%s", aws.ToString(service.ServiceName), short(aws.ToString(task.TaskArn)), name, f.stack())
	}
	return nil
}

// Said is what is told before a container is entered.
func (p Place) Said() string {
	words := []string{"task", short(p.Task), "of", p.Container}
	if p.Holder {
		words = append(words, "(it holds the lease)")
	}
	return strings.Join(words, " ")
}
