package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"

	"github.com/spf13/cobra"

	"botyard/toolchain/internal/setup"
)

// serviceFlags are the flags of what is done to one service.
type serviceFlags struct {
	stack, service string
	emulated       bool
}

func (o *serviceFlags) flags(cmd *cobra.Command) *cobra.Command {
	cmd.Args = cobra.NoArgs
	cmd.Flags().StringVar(&o.stack, "stack", "local", "the stack")
	cmd.Flags().StringVar(&o.service, "service", "", "the service")
	cmd.Flags().BoolVar(&o.emulated, "emulated", false, "a stack of AWS that was brought up with up --emulated")
	return cmd
}

// hand hands the command over to yard-aws.
func (o serviceFlags) hand(ctx context.Context, command string, more func(setup.Ready, target) []string) error {
	if o.service == "" {
		return fmt.Errorf("which service? name it: make %s SERVICE=bot", command)
	}
	s, err := open(os.Stderr)
	if err != nil {
		return err
	}
	ready, t, err := s.inspected(ctx, o.stack, o.emulated)
	if err != nil {
		return err
	}
	args := []string{command, "--outputs", t.outputs, "--stack", o.stack, "--service", o.service}
	return become(ready, t, append(args, more(ready, t)...))
}

// become makes this process yard-aws: it has the terminal and standard input as they are, and its exit code is ours.
func become(ready setup.Ready, t target, args []string) error {
	cmd := exec.Command(ready.AWS, args...)
	cmd.Env = os.Environ()
	if t.local() {
		cmd.Env = append(cmd.Env, ready.Env()...)
	}
	// Environ leaves one of each name: of two, programs disagree which one counts.
	return fmt.Errorf("cannot start %s: %w", ready.AWS, syscall.Exec(ready.AWS, cmd.Args, cmd.Environ()))
}

func nothing(setup.Ready, target) []string { return nil }

func restartCommand() *cobra.Command {
	var o serviceFlags
	return o.flags(&cobra.Command{
		Use: "restart", Short: "Put new tasks in the place of a service's and wait until they are steady",
		RunE: func(cmd *cobra.Command, _ []string) error { return o.hand(cmd.Context(), "restart", nothing) },
	})
}

func scaleCommand() *cobra.Command {
	var o serviceFlags
	var replicas string
	cmd := o.flags(&cobra.Command{
		Use: "scale", Short: "Set how many copies of a service run, until the next update that changes it",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := strconv.Atoi(replicas); err != nil {
				return fmt.Errorf("how many copies? %q is no number; right would be: make scale SERVICE=leveling-api REPLICAS=2", replicas)
			}
			return o.hand(cmd.Context(), "scale", func(setup.Ready, target) []string { return []string{"--replicas", replicas} })
		},
	})
	cmd.Flags().StringVar(&replicas, "replicas", "", "how many copies; a singleton has 0 or 1")
	return cmd
}

func execCommand() *cobra.Command {
	var o serviceFlags
	var command string
	cmd := o.flags(&cobra.Command{
		Use: "exec", Short: "Run a command, or a shell, inside a running task of a service",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.hand(cmd.Context(), "exec", func(ready setup.Ready, t target) []string {
				args := []string{"--command", command}
				if t.local() {
					args = append(args, "--gateway", ready.Emulator.URL())
				}
				return args
			})
		},
	})
	cmd.Flags().StringVar(&command, "command", "", "the command, as one text; empty is sh")
	return cmd
}

func runCommand() *cobra.Command {
	var o serviceFlags
	var command string
	cmd := o.flags(&cobra.Command{
		Use: "run", Short: "Run a command once, in a task of its own like a service's, and end with its exit code",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if command == "" {
				return errors.New(`which command? right would be: make run SERVICE=leveling-api CMD="python manage.py check"`)
			}
			return o.hand(cmd.Context(), "run", func(setup.Ready, target) []string { return []string{"--command", command} })
		},
	})
	cmd.Flags().StringVar(&command, "command", "", "the command, as one text")
	return cmd
}
