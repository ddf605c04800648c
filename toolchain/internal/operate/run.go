package operate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"botyard/toolchain/internal/logs"
)

// startedBy marks the tasks that were run by hand.
const startedBy = "botyard-run"

// late is how long after a task's end its last lines may still come.
const late = 3 * time.Second

// OneOff is a command that runs once, in a task of its own.
type OneOff struct {
	Service string   // whose task definition, place and network it gets
	Command []string // takes the place of the container's own
	Logs    logs.API
	Out     io.Writer // gets what the command prints
}

// Run runs the command in a task like the service's, prints its log as it comes, and returns the container's exit code.
// Where the warden is the image's entry point, it becomes the command at once: without lease, probe or brake.
func (f Fleet) Run(ctx context.Context, o OneOff) (int, error) {
	services, err := f.standing(ctx, o.Service)
	if err != nil {
		return 0, err
	}
	d, err := f.definition(ctx, services[0])
	if err != nil {
		return 0, err
	}
	command := o.Command
	if d.warded() {
		command = append([]string{"--exec"}, command...)
	}
	if d.singleton() {
		fmt.Fprintf(f.Progress, "… %s is a singleton: the command runs beside the running copy, without the lease\n", o.Service)
	}
	task, err := f.begin(ctx, o.Service, services[0], command)
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(f.Progress, "… task %s of %s\n", short(task), short(aws.ToString(services[0].TaskDefinition)))
	printed := o.follow(ctx, f.Out.LogGroups[o.Service], task)
	ended, err := f.untilStopped(ctx, task)
	if err == nil {
		err = sleep(ctx, late)
	}
	if err = errors.Join(err, printed()); err != nil {
		return 0, err
	}
	return exitCode(ended, o.Service)
}

func (f Fleet) begin(ctx context.Context, name string, service types.Service, command []string) (string, error) {
	// Without ctx: an interruption must not leave a task whose ARN is not known.
	out, err := f.ECS.RunTask(context.WithoutCancel(ctx), &ecs.RunTaskInput{
		Cluster: &f.Out.ClusterArn, TaskDefinition: service.TaskDefinition, StartedBy: aws.String(startedBy),
		CapacityProviderStrategy: service.CapacityProviderStrategy, NetworkConfiguration: service.NetworkConfiguration,
		PlacementStrategy: service.PlacementStrategy,
		Overrides:         &types.TaskOverride{ContainerOverrides: []types.ContainerOverride{{Name: &name, Command: command}}},
	})
	if err != nil {
		return "", fmt.Errorf("the task cannot be run: %w", err)
	}
	if len(out.Tasks) != 1 {
		return "", fmt.Errorf("ECS did not run the task: %s. RESOURCE: means that no host has room for one more task of %s", reasons(out.Failures), name)
	}
	return aws.ToString(out.Tasks[0].TaskArn), nil
}

func reasons(failures []types.Failure) string {
	var said []string
	for _, failure := range failures {
		said = append(said, strings.TrimSpace(aws.ToString(failure.Reason)+" "+aws.ToString(failure.Detail)))
	}
	return orElse(strings.Join(said, ", "), "it gave no reason")
}

// follow prints the task's log until the returned function is called, which says how that went.
func (o OneOff) follow(ctx context.Context, group, task string) (end func() error) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	stream := "ecs/" + o.Service + "/" + short(task)
	go func() {
		done <- logs.Tail{
			Client: oneStream{API: o.Logs, stream: stream}, Group: group, Since: time.Now().Add(-time.Minute), // two machines' clocks differ
			Follow: true, Every: time.Second, Out: o.Out,
		}.Run(ctx)
	}()
	return func() error { cancel(); return <-done }
}

// untilStopped waits for the task's end, however long that takes.
func (f Fleet) untilStopped(ctx context.Context, arn string) (types.Task, error) {
	for {
		out, err := f.ECS.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: &f.Out.ClusterArn, Tasks: []string{arn}})
		if err == nil {
			if i := slices.IndexFunc(out.Tasks, func(t types.Task) bool { return aws.ToString(t.LastStatus) == "STOPPED" }); i >= 0 {
				return out.Tasks[i], nil
			}
			err = sleep(ctx, time.Second)
		}
		if ctx.Err() != nil {
			return types.Task{}, fmt.Errorf("interrupted; the task goes on by itself. To stop it: aws ecs stop-task --cluster %s --task %s", short(f.Out.ClusterArn), short(arn))
		}
		if err != nil {
			return types.Task{}, fmt.Errorf("cannot ask for task %s, which goes on by itself: %w", short(arn), err)
		}
	}
}

func exitCode(task types.Task, container string) (int, error) {
	for _, c := range task.Containers {
		if aws.ToString(c.Name) == container && c.ExitCode != nil {
			return int(*c.ExitCode), nil
		}
	}
	why := orElse(aws.ToString(task.StoppedReason), "ECS gives no reason")
	for _, c := range task.Containers {
		if reason := aws.ToString(c.Reason); reason != "" {
			why += "; container " + aws.ToString(c.Name) + ": " + reason
		}
	}
	return 0, fmt.Errorf("the command never ran: %s", why)
}
