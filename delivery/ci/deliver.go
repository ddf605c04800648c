package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"time"

	"botyard/delivery/internal/branches"
	"botyard/delivery/internal/command"
	"botyard/delivery/internal/program"
	"botyard/delivery/internal/verify"
)

// asking is how a stack is asked for its status.
type asking struct {
	yard   string
	within time.Duration
}

// register adds the flags of what asks for a status.
func (a *asking) register(flags *flag.FlagSet) {
	flags.StringVar(&a.yard, "yard", ".botyard/bin/yard", "the program that tells a stack's status")
	flags.DurationVar(&a.within, "within", 10*time.Minute, "how long the stack may take to be as it should be")
}

// deliver brings the stack of a branch up and verifies it.
func deliver(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("deliver", flag.ContinueOnError)
	branch := flags.String("branch", "", "the branch to deliver")
	var ask asking
	ask.register(flags)
	if err := command.Parse(flags, args); err != nil {
		return err
	}
	table, err := branches.Read(".")
	if err != nil {
		return err
	}
	stack, err := table.Stack(*branch)
	if err != nil {
		return err
	}
	file := "Pulumi." + stack + ".yaml"
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("branch %s goes to stack %s, of which there is no %s; write it (examples/staging has one), or take the branch out of %s", *branch, stack, file, branches.File)
	}
	fmt.Printf("delivering branch %s to stack %s\n", *branch, stack)
	err = program.Cmd{
		Name: "pulumi", Args: []string{"up", "--yes", "--stack", stack, "--non-interactive"}, Stdout: os.Stdout, Stderr: os.Stderr,
	}.Run(ctx)
	if err != nil {
		return fmt.Errorf("stack %s is not delivered: %w; the reasons stand above, and what ran before goes on running", stack, err)
	}
	return ask.verify(ctx, stack)
}

// verifyStack verifies a stack without touching it.
func verifyStack(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("verify", flag.ContinueOnError)
	stack := flags.String("stack", "", "the stack to verify")
	var ask asking
	ask.register(flags)
	if err := command.Parse(flags, args); err != nil {
		return err
	}
	if *stack == "" {
		return errors.New("--stack is needed: see --help")
	}
	return ask.verify(ctx, *stack)
}

func (a asking) verify(ctx context.Context, stack string) error {
	const pause = 10 * time.Second
	return verify.Verifier{
		Status: func(ctx context.Context) ([]byte, error) {
			return program.Cmd{Name: a.yard, Args: []string{"status", "--stack", stack, "--json"}}.Output(ctx)
		},
		Within: a.within, Pause: pause, Out: os.Stdout,
	}.Run(ctx)
}
