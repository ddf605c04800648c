package main

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"botyard/toolchain/internal/stack"
)

func modelCommand() *cobra.Command {
	var o stackFlags
	var name, file string
	cmd := o.flags(&cobra.Command{
		Use: "model", Short: "Upload a file as the newest version of a model",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if name == "" || file == "" {
				return errors.New("which model, and which file? right would be: make model NAME=greetings FILE=models/greetings.tar.gz; make models lists them")
			}
			return o.handModels(cmd.Context(), "model", "--name", name, "--file", file)
		},
	})
	cmd.Flags().StringVar(&name, "name", "", "the model's name under botyard:models")
	cmd.Flags().StringVar(&file, "file", "", "the file")
	return cmd
}

func modelsCommand() *cobra.Command {
	var o stackFlags
	var name string
	cmd := o.flags(&cobra.Command{
		Use: "models", Short: "List the models: their newest versions, and which services run which",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.handModels(cmd.Context(), "models", "--name", name)
		},
	})
	cmd.Flags().StringVar(&name, "name", "", "show all versions of this model")
	return cmd
}

// handModels hands the command over to yard-aws.
func (o stackFlags) handModels(ctx context.Context, command string, more ...string) error {
	s, err := open(os.Stderr)
	if err != nil {
		return err
	}
	declared, err := stack.Models(s.clone.Root, o.stack)
	if err != nil {
		return err
	}
	ready, t, err := s.waiting(ctx, o.stack, o.emulated)
	if err != nil {
		return err
	}
	return become(ready, t, append(modelArgs(command, o.stack, t.outputs, declared), more...))
}

func modelArgs(command, name, outputs string, declared stack.DeclaredModels) []string {
	args := []string{command, "--outputs", outputs, "--stack", name, "--project", declared.Project, "--region", declared.Region}
	for _, model := range declared.Names {
		args = append(args, "--declared", model)
		for _, service := range declared.Takes[model] {
			args = append(args, "--takes", model+"="+service)
		}
	}
	return args
}
