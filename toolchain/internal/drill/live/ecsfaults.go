package live

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// startedBy marks the tasks that a drill has run by hand.
const startedBy = "botyard-drill"

// startWithin is how long ECS may take to start a second copy.
const startWithin = 2 * time.Minute

// secondCopy runs a task as the service would, holds it for a while and stops it, also when ctx ends meanwhile.
func (s *scene) secondCopy(ctx context.Context) error {
	service, err := s.service(ctx)
	if err != nil {
		return err
	}
	s.now()
	// Without ctx: an interruption must not leave a task whose ARN is not known.
	out, err := s.ECS.RunTask(context.WithoutCancel(ctx), &ecs.RunTaskInput{
		Cluster: &s.Cluster, TaskDefinition: service.TaskDefinition, CapacityProviderStrategy: service.CapacityProviderStrategy,
		NetworkConfiguration: service.NetworkConfiguration, PlacementStrategy: service.PlacementStrategy, StartedBy: aws.String(startedBy),
	})
	switch {
	case err != nil:
		return fmt.Errorf("cannot run a second copy of %s: %w", s.Name, err)
	case len(out.Tasks) != 1:
		return fmt.Errorf("ECS did not start a second copy of %s: %s", s.Name, reasons(out.Failures))
	}
	task := aws.ToString(out.Tasks[0].TaskArn)
	err = s.untilRunning(ctx, task)
	if err == nil {
		err = sleep(ctx, copyFor)
	}
	after, done := undoing(ctx)
	defer done()
	return errors.Join(err, takenBack(s.stop(after, task)))
}

func reasons(failures []types.Failure) string {
	var said []string
	for _, failure := range failures {
		said = append(said, strings.TrimSpace(aws.ToString(failure.Reason)+" "+aws.ToString(failure.Detail)))
	}
	return strings.Join(said, ", ")
}

func (s *scene) untilRunning(ctx context.Context, task string) error {
	for deadline := time.Now().Add(startWithin); ; {
		found, err := s.describe(ctx, task)
		if err != nil {
			return err
		}
		switch status := aws.ToString(found.LastStatus); {
		case status == "RUNNING":
			return nil
		case status == "STOPPED":
			return fmt.Errorf("the second copy ended before it ran: %s", aws.ToString(found.StoppedReason))
		case time.Now().After(deadline):
			return fmt.Errorf("the second copy is still %s after %s: is there a host with room for it?", status, startWithin)
		}
		if err := sleep(ctx, lookEvery); err != nil {
			return err
		}
	}
}

// stop has ECS stop a task.
func (d *Drill) stop(ctx context.Context, task string) error {
	if _, err := d.ECS.StopTask(ctx, &ecs.StopTaskInput{Cluster: &d.Cluster, Task: &task, Reason: aws.String("drill")}); err != nil {
		return fmt.Errorf("cannot stop task %s: %w", task, err)
	}
	return nil
}

func (s *scene) describe(ctx context.Context, task string) (types.Task, error) {
	out, err := s.ECS.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: &s.Cluster, Tasks: []string{task}})
	if err != nil {
		return types.Task{}, fmt.Errorf("cannot ask for task %s: %w", task, err)
	}
	if len(out.Tasks) != 1 {
		return types.Task{}, fmt.Errorf("ECS does not know task %s", task)
	}
	return out.Tasks[0], nil
}

// killHost has the emulator kill all that runs on the holder's host.
func (s *scene) killHost(ctx context.Context) error {
	task, err := s.describe(ctx, s.task)
	if err != nil {
		return err
	}
	out, err := s.ECS.DescribeContainerInstances(ctx, &ecs.DescribeContainerInstancesInput{
		Cluster: &s.Cluster, ContainerInstances: []string{aws.ToString(task.ContainerInstanceArn)},
	})
	if err != nil {
		return fmt.Errorf("cannot ask for the host of task %s: %w", s.task, err)
	}
	if len(out.ContainerInstances) != 1 {
		return fmt.Errorf("ECS does not know the host of task %s (%s)", s.task, aws.ToString(task.ContainerInstanceArn))
	}
	host := aws.ToString(out.ContainerInstances[0].Ec2InstanceId)
	address := s.Gateway + "/_botyard/hosts/" + host + "/kill"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(`{"agent_only": false}`))
	if err != nil {
		return fmt.Errorf("cannot kill host %s: %w", host, err)
	}
	request.Header.Set("Content-Type", "application/json")
	s.now()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("cannot kill host %s: %w", host, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("cannot kill host %s: the emulator answers %s to POST %s", host, response.Status, address)
	}
	return nil
}

// Sweep stops second copies that a drill has left which was killed itself.
func (d *Drill) Sweep(ctx context.Context) error {
	left, err := d.ECS.ListTasks(ctx, &ecs.ListTasksInput{Cluster: &d.Cluster, StartedBy: aws.String(startedBy)})
	if err != nil {
		return fmt.Errorf("cannot look for what an earlier drill left: %w", err)
	}
	for _, task := range left.TaskArns {
		fmt.Fprintf(d.Progress, "… stopping a second copy that an earlier drill left: %s\n", task)
		if err := d.stop(ctx, task); err != nil {
			return err
		}
	}
	return nil
}
