package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"

	"botyard/delivery/internal/branches"
	"botyard/delivery/internal/command"
	"botyard/delivery/internal/sources"
)

// stackOf prints the stack of a branch.
func stackOf(_ context.Context, args []string) error {
	flags := flag.NewFlagSet("stack-of", flag.ContinueOnError)
	branch := flags.String("branch", "", "the branch")
	optional := flags.Bool("optional", false, "print nothing for a branch that is delivered nowhere, rather than fail")
	if err := command.Parse(flags, args); err != nil {
		return err
	}
	table, err := branches.Read(".")
	if err != nil {
		return err
	}
	stack, err := table.Stack(*branch)
	if *optional && errors.Is(err, branches.ErrUnmapped) {
		fmt.Fprintln(os.Stderr, err)
		return nil
	}
	if err != nil {
		return err
	}
	fmt.Println(stack)
	return nil
}

// stacks prints each branch that is delivered with its stack, as the matrix of a workflow's job.
func stacks(_ context.Context, args []string) error {
	if err := command.Parse(flag.NewFlagSet("stacks", flag.ContinueOnError), args); err != nil {
		return err
	}
	table, err := branches.Read(".")
	if err != nil {
		return err
	}
	type entry struct {
		Branch string `json:"branch"`
		Stack  string `json:"stack"`
	}
	var all []entry
	for _, branch := range slices.Sorted(maps.Keys(table)) {
		all = append(all, entry{branch, table[branch]})
	}
	return json.NewEncoder(os.Stdout).Encode(map[string][]entry{"include": all})
}

// updateSources fetches what a branch is made of.
func updateSources(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("sources", flag.ContinueOnError)
	branch := flags.String("branch", "", "the branch that is delivered")
	if err := command.Parse(flags, args); err != nil {
		return err
	}
	return sources.Update(ctx, ".", *branch, os.Stdout)
}
