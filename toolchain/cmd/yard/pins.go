package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"botyard/toolchain/internal/run"
	"botyard/toolchain/internal/setup"
)

func pinsCommand() *cobra.Command {
	var name string
	var write bool
	cmd := &cobra.Command{
		Use: "pins", Short: "Show the base images with the digests that their tags have today", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := open(os.Stderr)
			if err != nil {
				return err
			}
			files, err := s.stackFiles(name)
			if err != nil {
				return err
			}
			ready, err := s.setup.Run(cmd.Context(), setup.Asking)
			if err != nil {
				return err
			}
			args := append([]string{"pins", fmt.Sprintf("--write=%t", write)}, files...)
			return asked(run.Cmd{Name: ready.AWS, Args: args, Stdout: os.Stdout, Stderr: os.Stderr}.Run(cmd.Context()))
		},
	}
	cmd.Flags().StringVar(&name, "stack", "", "the stack whose file is looked at; empty: all")
	cmd.Flags().BoolVar(&write, "write", false, "write the newer digests into the files")
	return cmd
}

// stackFiles are the files of the stack, or of all.
func (s site) stackFiles(name string) ([]string, error) {
	if name == "" {
		name = "*"
	}
	pattern := s.clone.Path("Pulumi." + name + ".yaml")
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("there is no file %s; STACK names a stack that has one", filepath.Base(pattern))
	}
	return files, nil
}
