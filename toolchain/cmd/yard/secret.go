package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"botyard/toolchain/internal/setup"
	"botyard/toolchain/internal/stack"
)

// stackFlags are the flags of what is done to a stack's secrets.
type stackFlags struct {
	stack    string
	emulated bool
}

func (o *stackFlags) flags(cmd *cobra.Command) *cobra.Command {
	cmd.Args = cobra.NoArgs
	cmd.Flags().StringVar(&o.stack, "stack", "local", "the stack")
	cmd.Flags().BoolVar(&o.emulated, "emulated", false, "a stack of AWS that was brought up with up --emulated")
	return cmd
}

func secretCommand() *cobra.Command {
	var o stackFlags
	var name string
	var restart bool
	cmd := o.flags(&cobra.Command{
		Use: "secret", Short: "Set a secret to what standard input has, and restart the services that use it",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if name == "" {
				return errors.New("which secret? name it: make secret NAME=discord-token; make secrets lists them")
			}
			return o.hand(cmd.Context(), "secret", "--name", name, fmt.Sprintf("--restart=%t", restart))
		},
	})
	cmd.Flags().StringVar(&name, "name", "", "the secret's name under botyard:secrets")
	cmd.Flags().BoolVar(&restart, "restart", true, "restart the services that use it")
	return cmd
}

func secretsCommand() *cobra.Command {
	var o stackFlags
	return o.flags(&cobra.Command{
		Use: "secrets", Short: "List the secrets: since when they are set, and who uses them",
		RunE: func(cmd *cobra.Command, _ []string) error { return o.hand(cmd.Context(), "secrets") },
	})
}

// hand hands the command over to yard-aws, which reads the value itself: it never passes through here.
func (o stackFlags) hand(ctx context.Context, command string, more ...string) error {
	s, err := open(os.Stderr)
	if err != nil {
		return err
	}
	declared, err := stack.Secrets(s.clone.Root, o.stack)
	if err != nil {
		return err
	}
	ready, t, err := s.waiting(ctx, o.stack, o.emulated)
	if err != nil {
		return err
	}
	return become(ready, t, append(secretArgs(command, o.stack, t.outputs, declared), more...))
}

func secretArgs(command, name, outputs string, declared stack.Declared) []string {
	args := []string{command, "--outputs", outputs, "--stack", name, "--region", declared.Region, "--alerts", strings.Join(declared.Alerts, ",")}
	for secret, id := range declared.Secrets {
		args = append(args, "--declared", secret+"="+id)
	}
	return args
}

// waiting is a stack that is looked at, as inspected has it, or one whose first update has not ended and has left no outputs
// here: it may wait for a secret's value or a model.
func (s site) waiting(ctx context.Context, name string, emulated bool) (setup.Ready, target, error) {
	t, err := s.here(name, emulated)
	if err != nil {
		return setup.Ready{}, t, err
	}
	if _, err := os.Stat(t.outputs); err == nil || !t.local() {
		return s.inspected(ctx, name, emulated)
	}
	t.outputs = ""
	ready, err := s.setup.Run(ctx, setup.Asking)
	if err == nil && !ready.Emulator.Healthy(ctx) {
		err = fmt.Errorf("stack %s is not up here: run make up first; if that stops for want of a secret or a model, come back", name)
	}
	return ready, t, err
}
