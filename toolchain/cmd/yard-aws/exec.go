package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"botyard/toolchain/internal/operate"
	"botyard/toolchain/internal/run"
)

// execCommand runs a command in a service's container: it becomes docker or the AWS CLI, which have the terminal from then
// on, and whose exit code is ours.
func execCommand() *cobra.Command {
	var o serviceOptions
	var command, gateway string
	cmd := o.flags(&cobra.Command{
		Use: "exec", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := operate.Words(command); err != nil {
				return err
			}
			fleet, access, err := o.fleet(cmd.Context())
			if err != nil {
				return err
			}
			place, err := fleet.Place(cmd.Context(), o.service, gateway == "")
			if err != nil {
				return err
			}
			var args []string
			if gateway != "" {
				args, err = inDocker(cmd.Context(), place, command, term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stdout.Fd())))
			} else {
				args, err = remotely(place, command, access.Region)
			}
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.ErrOrStderr(), "…", place.Said())
			path, err := exec.LookPath(args[0])
			if err != nil {
				return fmt.Errorf("%s is not installed: %w", args[0], err)
			}
			return fmt.Errorf("cannot start %s: %w", args[0], syscall.Exec(path, args, os.Environ()))
		},
	})
	cmd.Flags().StringVar(&gateway, "gateway", "", "address of the emulator; empty on AWS")
	cmd.Flags().StringVar(&command, "command", "", "the command, as one text; empty is sh")
	return cmd
}

// inDocker is how the command is run in the place's container on this machine.
func inDocker(ctx context.Context, place operate.Place, command string, terminal bool) ([]string, error) {
	id, err := container(ctx, place)
	if err != nil {
		return nil, err
	}
	words, err := operate.Words(command)
	if err != nil {
		return nil, err
	}
	if len(words) == 0 {
		try := run.Cmd{Name: "docker", Args: []string{"exec", id, "sh", "-c", "exit 0"}}
		if err := try.Run(ctx); err != nil {
			return nil, noShell(place.Container, err)
		}
		words = []string{"sh"}
	}
	mode := "-i"
	if terminal {
		mode = "-it"
	}
	return append([]string{"docker", "exec", mode, id}, words...), nil
}

// container is the id of the place's container on this machine.
func container(ctx context.Context, place operate.Place) (string, error) {
	out, err := run.Output(ctx, run.Cmd{Name: "docker", Args: []string{
		"ps", "--quiet", "--no-trunc", "--filter", "label=com.amazonaws.ecs.task-arn=" + place.Task,
		"--filter", "label=com.amazonaws.ecs.container-name=" + place.Container,
	}})
	if err != nil {
		return "", err
	}
	ids := strings.Fields(out)
	if len(ids) != 1 {
		return "", fmt.Errorf("one running container %s of task %s was expected on this machine, Docker has %d", place.Container, place.Task, len(ids))
	}
	return ids[0], nil
}

// noShell tells a shell that is not there from other failures. Docker exits with 126 or 127 where a program cannot be run.
// Source: Docker documentation, "docker container run", "Exit status", which docker exec follows.
func noShell(service string, err error) error {
	var exit *run.ExitError
	if errors.As(err, &exit) && (exit.Code == 126 || exit.Code == 127) {
		return fmt.Errorf(`the image of %s has no shell; right would be a program that it has: make exec SERVICE=%s CMD="python"`, service, service)
	}
	return err
}

// remotely is how the AWS CLI runs the command in the place's container by ECS Exec.
func remotely(place operate.Place, command, region string) ([]string, error) {
	var missing []string
	for _, needed := range [][2]string{
		{"aws", "the AWS CLI (https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html)"},
		{"session-manager-plugin", "its Session Manager plugin (https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html)"},
	} {
		if _, err := exec.LookPath(needed[0]); err != nil {
			missing = append(missing, needed[1])
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("ECS Exec needs what is not on PATH here; install %s", strings.Join(missing, " and "))
	}
	if strings.TrimSpace(command) == "" {
		command = "sh"
	}
	return []string{
		"aws", "ecs", "execute-command", "--region", region, "--cluster", place.Cluster, "--task", place.Task, "--container", place.Container,
		"--interactive", "--command", command,
	}, nil
}
