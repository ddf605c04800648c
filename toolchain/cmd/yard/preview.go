package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"botyard/toolchain/internal/clone"
	"botyard/toolchain/internal/setup"
	"botyard/toolchain/internal/stack"
)

func previewCommand() *cobra.Command {
	var name string
	cmd := &cobra.Command{
		Use: "preview", Short: "Show what up would do; for an AWS stack without credentials, on the emulator", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := open(os.Stdout)
			if err != nil {
				return err
			}
			t, err := s.here(name, true)
			if err != nil {
				return err
			}
			if !t.own && stack.HasAWS() && os.Getenv("BOTYARD_EMULATE") == "" {
				return s.previewOnAWS(cmd.Context(), name)
			}
			unlock, err := s.lock(cmd.Context())
			if err != nil {
				return err
			}
			defer unlock()
			return s.preview(cmd.Context(), t)
		},
	}
	cmd.Flags().StringVar(&name, "stack", "local", "the stack to preview")
	return cmd
}

// preview shows a stack of this machine against its own state, and any other on the emulator against an empty one.
func (s site) preview(ctx context.Context, t target) error {
	ready, err := s.setup.Run(ctx, setup.Machine)
	if err != nil {
		return err
	}
	if t.emulated {
		t = s.at(t, "preview-state")
		fmt.Printf("No AWS credentials in the environment: showing what stack %s would create in an empty account, on the emulator.\n", t.name)
	}
	if err := s.prepare(ctx, ready, &t); err != nil {
		return err
	}
	log, err := s.pulumiLog()
	if err != nil {
		return err
	}
	defer log.Close()
	pulumi := s.pulumi(ready, t, log)
	if _, err := pulumi.FreeLocks(ctx, say); err != nil {
		return err
	}
	if err := pulumi.Ensure(ctx); err != nil {
		return err
	}
	return pulumi.Preview(ctx)
}

// previewOnAWS is the plain preview, with the user's own backend and credentials.
func (s site) previewOnAWS(ctx context.Context, name string) error {
	ready, err := s.setup.Run(ctx, setup.Tools)
	if err != nil {
		return err
	}
	log, err := s.pulumiLog()
	if err != nil {
		return err
	}
	defer log.Close()
	return s.onAWS(ready, name, log).Preview(ctx)
}

// onAWS is Pulumi for a stack of AWS: nothing of the user's own settings is laid over.
func (s site) onAWS(ready setup.Ready, name string, log *os.File) stack.Stack {
	return stack.Stack{
		CLI: filepath.Join(ready.Pulumi.Bin, "pulumi"), Dir: s.clone.Root, Name: name, Out: os.Stdout, Log: log,
		Env: append(stack.Env(ready.Pulumi.Bin, ready.Pulumi.Home, ""), clone.GoEnv()...),
	}
}
