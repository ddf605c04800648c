package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"botyard/delivery/internal/command"
	builder "botyard/delivery/internal/images"
	"botyard/delivery/internal/settings"
)

// images builds every layer of a stack and prints a table.
func images(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("images", flag.ContinueOnError)
	stack := flags.String("stack", "local", "the stack whose images to build")
	if err := command.Parse(flags, args); err != nil {
		return err
	}
	root, err := filepath.Abs(".")
	if err != nil {
		return err
	}
	read, err := settings.Load(root, *stack)
	if err != nil {
		return err
	}
	build := builder.Builder{Root: root, Logs: filepath.Join(".botyard", "logs"), Out: os.Stdout}
	results, err := build.Build(ctx, read.Config.Graph.Layers())
	if len(results) > 0 {
		fmt.Println()
		builder.Table(os.Stdout, results)
	}
	return err
}
