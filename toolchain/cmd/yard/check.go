package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"botyard/toolchain/internal/checks"
	"botyard/toolchain/internal/parts"
	"botyard/toolchain/internal/setup"
	"botyard/toolchain/internal/step"
)

func checkCommand() *cobra.Command {
	var tools bool
	cmd := &cobra.Command{
		Use: "check", Short: "Formatting, vet, linters and the fast tests", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := open(os.Stdout)
			if err != nil {
				return err
			}
			return s.check(cmd.Context(), tools)
		},
	}
	cmd.Flags().BoolVar(&tools, "tools", false, "set the machine and the toolchain up first, and check the AWS plugin against its SDK")
	return cmd
}

// check runs all checks and says how many passed; the failures come last.
func (s site) check(ctx context.Context, tools bool) error {
	began := time.Now()
	plugin, steps, err := s.plugin(ctx, tools)
	if err != nil {
		return err
	}
	c := checks.Checks{Clone: s.clone, Store: s.setup.Store, PluginAWS: plugin, Engine: s.setup.Engine()}
	if tools {
		machine := s.setup.TestMachine(os.Getenv("CI") == "true")
		steps, c.Machine = append([]step.Step{machine}, steps...), []string{machine.Name}
	}
	if tools && plugin != "" {
		c.Needs = []string{"plugin-aws"}
	}
	list, err := c.Steps(ctx)
	if err != nil {
		return err
	}
	timings, err := s.setup.Runner(true).Run(ctx, append(steps, list...))
	passed, failed := checks.Count(timings)
	if err != nil {
		report(os.Stdout, err)
	}
	fmt.Printf("checks: %d passed, %d failed\n", passed, failed)
	if noteErr := s.setup.Note("check", began, timings); err == nil {
		return noteErr
	}
	return errReported
}

// plugin is where the AWS plugin is or will be built, and the steps that build the toolchain if asked for. Without
// these it is the one in the cache, or "": then its contract test says that it is skipped.
func (s site) plugin(ctx context.Context, tools bool) (string, []step.Step, error) {
	if tools {
		plan, err := s.setup.Plan(ctx, setup.Tools)
		if err != nil {
			return "", nil, err
		}
		return plan.PluginAWS(), plan.Steps(), nil
	}
	built, err := parts.GoParts(s.clone, s.setup.Store)
	if err != nil {
		return "", nil, err
	}
	path := filepath.Join(built[0].Path(s.setup.Store), "pulumi-resource-aws")
	if _, err := os.Stat(path); err != nil {
		return "", nil, nil
	}
	return path, nil, nil
}
