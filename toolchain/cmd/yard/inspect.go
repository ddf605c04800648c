package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"botyard/toolchain/internal/clone"
	"botyard/toolchain/internal/run"
	"botyard/toolchain/internal/setup"
	"botyard/toolchain/internal/stack"
)

// inspected is a stack that is looked at, not changed.
func (s site) inspected(ctx context.Context, name string, emulated bool) (setup.Ready, target, error) {
	t, err := s.here(name, emulated)
	if err != nil {
		return setup.Ready{}, t, err
	}
	if t.local() {
		if _, err := os.Stat(t.outputs); err != nil {
			return setup.Ready{}, t, fmt.Errorf("stack %s is not up here: run make up first", name)
		}
		ready, err := s.setup.Run(ctx, setup.Asking)
		if err == nil && !ready.Emulator.Healthy(ctx) {
			err = fmt.Errorf("the AWS emulator does not answer on %s: run make up, which starts it again with its state", ready.Emulator.URL())
		}
		return ready, t, err
	}
	ready, err := s.setup.Run(ctx, setup.Tools)
	if err != nil {
		return ready, target{}, err
	}
	t = target{name: name, outputs: s.clone.Own("outputs", "aws-"+name+".json")}
	return ready, t, s.keepOutputs(ctx, s.onAWS(ready, name, nil), t)
}

func statusCommand() *cobra.Command {
	var name string
	var asJSON, emulated bool
	cmd := &cobra.Command{
		Use: "status", Short: "Show how the stack is: services, alarms, last deploy, backups, cost", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := open(os.Stderr)
			if err != nil {
				return err
			}
			ready, t, err := s.inspected(cmd.Context(), name, emulated)
			if err != nil {
				return err
			}
			args := []string{"--full", "--stack", name, "--sboms", s.clone.Own("sbom")}
			if asJSON {
				args = append(args, "--json")
			}
			if t.local() {
				args = append(args, "--note", s.devNote())
			}
			return s.show(cmd.Context(), ready, t, os.Stdout, args...)
		},
	}
	cmd.Flags().StringVar(&name, "stack", "local", "the stack")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&emulated, "emulated", false, "a stack of AWS that was brought up with up --emulated")
	return cmd
}

func logsCommand() *cobra.Command {
	var name, service, since string
	var follow, emulated bool
	cmd := &cobra.Command{
		Use: "logs", Short: "Print and follow the log of a service", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if service == "" {
				return fmt.Errorf("which service? name it: make logs SERVICE=bot")
			}
			s, err := open(os.Stderr)
			if err != nil {
				return err
			}
			ready, t, err := s.inspected(cmd.Context(), name, emulated)
			if err != nil {
				return err
			}
			var env []string
			if t.local() {
				env = ready.Env()
			}
			err = run.Cmd{
				Name: ready.AWS, Env: env, Stdout: os.Stdout, Stderr: os.Stderr,
				Args: []string{"logs", "--outputs", t.outputs, "--service", service, "--since", since, fmt.Sprintf("--follow=%t", follow)},
			}.Run(cmd.Context())
			if follow && cmd.Context().Err() != nil {
				return nil // Ctrl-C is how following ends
			}
			return asked(err)
		},
	}
	cmd.Flags().StringVar(&name, "stack", "local", "the stack")
	cmd.Flags().StringVar(&service, "service", "", "the service")
	cmd.Flags().StringVar(&since, "since", "10m", "how far back")
	cmd.Flags().BoolVar(&follow, "follow", true, "go on as new lines come, until Ctrl-C")
	cmd.Flags().BoolVar(&emulated, "emulated", false, "a stack of AWS that was brought up with up --emulated")
	return cmd
}

func envCommand() *cobra.Command {
	var name string
	cmd := &cobra.Command{
		Use: "env", Short: "Print the shell variables with which pulumi can be run by hand", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := open(os.Stderr)
			if err != nil {
				return err
			}
			ready, err := s.setup.Run(cmd.Context(), setup.Tools)
			if err != nil {
				return err
			}
			t, err := s.here(name, false)
			if err != nil {
				return err
			}
			backend := ""
			if t.own {
				backend = t.backend
			}
			for _, variable := range append(stack.Env(ready.Pulumi.Bin, ready.Pulumi.Home, backend), clone.GoEnv()...) {
				key, value, _ := strings.Cut(variable, "=")
				if key == "PATH" { // the caller's own may differ from ours by then
					fmt.Printf("export PATH=%s:\"$PATH\"\n", quote(filepath.Clean(ready.Pulumi.Bin)))
					continue
				}
				fmt.Printf("export %s=%s\n", key, quote(value))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&name, "stack", "local", "the stack; one of AWS keeps your own backend")
	return cmd
}

// quote makes a word of any text for a POSIX shell.
func quote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
