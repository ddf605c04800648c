package live

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"botyard/toolchain/internal/drill/copies"
	"botyard/toolchain/internal/run"
)

// Docker does to this machine's containers what a fault does.
type Docker struct {
	Port       string              // of the emulator, as the containers reach it
	Containers copies.Reader       // tells the processes of a container
	Kill       func(pid int) error // SIGKILL
	service    string
}

// NewDocker acts on the real containers of the service.
func NewDocker(service, port string) *Docker {
	return &Docker{
		Port: port, Containers: copies.NewMachine(service), service: service,
		Kill: func(pid int) error { return syscall.Kill(pid, syscall.SIGKILL) },
	}
}

func docker(ctx context.Context, args ...string) (string, error) {
	return run.Output(ctx, run.Cmd{Name: "docker", Args: args})
}

// container is the id of the task's container of the service.
func (d *Docker) container(ctx context.Context, task string) (string, error) {
	out, err := docker(ctx, "ps", "--quiet", "--no-trunc", "--filter", "label=com.amazonaws.ecs.task-arn="+task,
		"--filter", "label=com.amazonaws.ecs.container-name="+d.service)
	if err != nil {
		return "", err
	}
	if ids := strings.Fields(out); len(ids) == 1 {
		return ids[0], nil
	}
	return "", fmt.Errorf("one running container %s of task %s was expected on this machine, Docker has: %q", d.service, task, out)
}

// processes are the worker and the program of a container.
func (d *Docker) processes(id string) (worker, program int, err error) {
	containers, err := d.Containers.Read()
	if err != nil {
		return 0, 0, err
	}
	for _, c := range containers {
		if worker, program = c.Worker(), c.Copy(); c.ID == id && worker != 0 && program != 0 {
			return worker, program, nil
		}
	}
	return 0, 0, fmt.Errorf("container %.12s has no running worker with a program below it; the holder of a lease has both", id)
}

func (d *Docker) pid(ctx context.Context, id string) (string, error) {
	return docker(ctx, "inspect", "--format", "{{.State.Pid}}", id)
}

// pause freezes the container for so long. It is thawed also when ctx ends meanwhile, unless it is gone by then.
func (d *Docker) pause(ctx context.Context, id string, long time.Duration) error {
	_, err := docker(ctx, "pause", id)
	if err == nil {
		err = sleep(ctx, long)
	}
	after, done := undoing(ctx)
	defer done()
	if paused, asked := docker(after, "inspect", "--format", "{{.State.Paused}}", id); asked != nil || paused != "true" {
		return err // it ended, or was removed by ECS
	}
	_, undone := docker(after, "unpause", id)
	return errors.Join(err, takenBack(undone))
}

// cutOff drops all that the container sends to the emulator, for so long; others reach it all the while. The rule is
// deleted also when ctx ends meanwhile, unless the container and with it its network is gone by then.
func (d *Docker) cutOff(ctx context.Context, id string, long time.Duration) error {
	pid, err := d.pid(ctx, id)
	if err != nil {
		return err
	}
	err = d.rule(ctx, pid, "-I")
	if err == nil {
		err = sleep(ctx, long)
	}
	after, done := undoing(ctx)
	defer done()
	if now, asked := d.pid(after, id); asked != nil || now != pid {
		return err
	}
	return errors.Join(err, takenBack(d.rule(after, pid, "-D")))
}

// rule inserts or deletes the rule in the network of the process. It waits for Docker's own use of iptables.
func (d *Docker) rule(ctx context.Context, pid, action string) error {
	_, err := run.Output(ctx, run.Cmd{Name: "nsenter", Args: []string{
		"-t", pid, "-n", "iptables", "-w", "10", action, "OUTPUT", "-p", "tcp", "--dport", d.Port, "-j", "DROP",
	}})
	return err
}

// undoing is a context for taking back what was done: it outlives ctx, but not for long.
func undoing(ctx context.Context) (context.Context, context.CancelFunc) {
	const long = 20 * time.Second
	return context.WithTimeout(context.WithoutCancel(ctx), long)
}

func takenBack(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("what the drill did could not be taken back; do it by hand: %w", err)
}
