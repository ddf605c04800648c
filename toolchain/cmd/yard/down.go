package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"botyard/toolchain/internal/setup"
	"botyard/toolchain/internal/stack"
)

func downCommand() *cobra.Command {
	return &cobra.Command{
		Use: "down", Short: "Remove all that up made here; keep the caches", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return locked(cmd.Context(), os.Stdout, func(s site) error {
				if err := s.down(cmd.Context()); err != nil {
					return err
				}
				fmt.Printf("Kept: the Docker Engine, its build cache and base images, and the toolchain in %s.\n", s.clone.Cache)
				return nil
			})
		},
	}
}

// down ends what still works on this clone's state, and removes what runs have made.
func (s site) down(ctx context.Context) error {
	for _, backend := range setup.Backends {
		if err := stack.EndHolders(ctx, s.clone.Own(backend), say); err != nil {
			return err
		}
	}
	return s.setup.Down(ctx, say)
}
