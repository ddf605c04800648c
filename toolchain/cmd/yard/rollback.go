package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"botyard/toolchain/internal/run"
	"botyard/toolchain/internal/setup"
)

// releaseVariable tells the program which release to run; infra/config reads it.
const releaseVariable = "BOTYARD_RELEASE"

// services are what a release changes, by patterns of their URNs: Pulumi leaves the images alone, whatever the checkout says.
var services = []string{
	"**botyard:platform:Service$aws:ecs/taskDefinition:TaskDefinition::**",
	"**botyard:platform:Service$aws:ecs/service:Service::**",
}

func releasesCommand() *cobra.Command {
	var o stackFlags
	var asJSON bool
	cmd := o.flags(&cobra.Command{
		Use: "releases", Short: "List what the stack has run, the newest first",
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := open(os.Stderr)
			if err != nil {
				return err
			}
			ready, t, err := s.inspected(cmd.Context(), o.stack, o.emulated)
			if err != nil {
				return err
			}
			args := []string{"releases", "--outputs", t.outputs}
			if asJSON {
				args = append(args, "--json")
			}
			return asked(run.Cmd{Name: ready.AWS, Args: args, Env: asks(ready, t), Stdout: os.Stdout, Stderr: os.Stderr}.Run(cmd.Context()))
		},
	})
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func rollbackCommand() *cobra.Command {
	var o stackFlags
	var release string
	cmd := o.flags(&cobra.Command{
		Use: "rollback", Short: "Run an earlier release again, without a build",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return locked(cmd.Context(), os.Stdout, func(s site) error { return s.rollback(cmd.Context(), o, release) })
		},
	})
	cmd.Flags().StringVar(&release, "release", "", "the release; empty: the newest that does not run")
	return cmd
}

// rollback is an update of the stack with the release's images and services.
func (s site) rollback(ctx context.Context, o stackFlags, release string) error {
	ready, t, err := s.inspected(ctx, o.stack, o.emulated)
	if err != nil {
		return err
	}
	if release == "" {
		found, err := run.Output(ctx, run.Cmd{Name: ready.AWS, Args: []string{"releases", "--previous", "--outputs", t.outputs}, Env: asks(ready, t), Stderr: os.Stderr})
		if err != nil {
			return asked(err)
		}
		release = strings.TrimSpace(found)
	}
	fmt.Printf("Going back to release %s of stack %s.\n", release, o.stack)
	if err := os.Setenv(releaseVariable, release); err != nil {
		return fmt.Errorf("cannot tell the program the release: %w", err)
	}
	t.only = services
	if t.local() {
		err = s.up(ctx, t)
	} else {
		err = s.onAWS(ready, o.stack, nil).Up(ctx, services...)
	}
	if err != nil {
		return err
	}
	fmt.Println("The next up deploys what the checkout says: revert the commit first, or set botyard:release to keep the release.")
	return nil
}

// asks is the environment in which yard-aws asks AWS about a target: the emulator's for a local one.
func asks(ready setup.Ready, t target) []string {
	if t.local() {
		return ready.Env()
	}
	return nil
}
