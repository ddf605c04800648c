package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"botyard/toolchain/internal/drill"
	"botyard/toolchain/internal/run"
)

// drillOptions are the flags of a drill.
type drillOptions struct {
	stack, service, faults string
	repeat                 int
	yes, emulated          bool
}

func drillCommand() *cobra.Command {
	var o drillOptions
	cmd := &cobra.Command{
		Use: "drill", Short: "Disturb a singleton on purpose and measure how it comes back", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := open(os.Stderr)
			if err != nil {
				return err
			}
			t, err := s.here(o.stack, o.emulated)
			if err != nil {
				return err
			}
			if err := o.agreed(!t.local()); err != nil {
				return err
			}
			unlock, err := s.lock(cmd.Context()) // an update meanwhile would be measured, too
			if err != nil {
				return err
			}
			defer unlock()
			return s.drill(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.stack, "stack", "local", "the stack; one of AWS gets the harmless faults only")
	cmd.Flags().StringVar(&o.service, "service", "bot", "the singleton")
	cmd.Flags().StringVar(&o.faults, "faults", "", "faults to do, separated by commas; empty is all")
	cmd.Flags().IntVar(&o.repeat, "repeat", 1, "how often each fault is done")
	cmd.Flags().BoolVar(&o.yes, "yes", false, "do not ask before a drill on AWS")
	cmd.Flags().BoolVar(&o.emulated, "emulated", false, "a stack of AWS that was brought up with up --emulated")
	return cmd
}

// agreed looks at the flags and, for a drill on AWS, asks.
func (o drillOptions) agreed(onAWS bool) error {
	faults, err := drill.Choose(o.faults, onAWS)
	if err != nil {
		return err
	}
	if o.repeat < 1 {
		return fmt.Errorf("each fault is to be done %d times; right would be 1 or more", o.repeat)
	}
	if !onAWS || o.yes {
		return nil
	}
	// Standard output is for the record alone.
	return drill.Confirm(os.Stdin, os.Stderr, term.IsTerminal(int(os.Stdin.Fd())), o.stack, o.service, faults, o.repeat)
}

func (s site) drill(ctx context.Context, o drillOptions) error {
	ready, t, err := s.inspected(ctx, o.stack, o.emulated)
	if err != nil {
		return err
	}
	args := []string{"drill", "--outputs", t.outputs, "--stack", o.stack, "--service", o.service,
		"--faults", o.faults, "--repeat", strconv.Itoa(o.repeat)}
	var env []string
	if t.local() {
		args, env = append(args, "--gateway", ready.Emulator.URL()), ready.Env()
	} else {
		args = append(args, "--yes")
	}
	// Interrupted, it takes back what it did before it ends.
	const grace = 45 * time.Second
	return asked(run.Cmd{Name: ready.AWS, Args: args, Env: env, Stdout: os.Stdout, Stderr: os.Stderr, Grace: grace}.Run(ctx))
}
