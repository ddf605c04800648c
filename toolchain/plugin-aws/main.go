// Command pulumi-resource-aws stands in for the published pulumi-aws v6 plugin: the real Terraform AWS provider through Pulumi's bridge, for the
// resources in the table package only, compiled from source because the published binary cannot be had from a package registry.
//
// With -describe it prints what it serves, for the contract test.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	pftfbridge "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-resource-aws:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	info, err := newProvider(ctx)
	if err != nil {
		return err
	}
	if len(os.Args) == 2 && os.Args[1] == "-describe" {
		surface, err := describe(info)
		if err != nil {
			return err
		}
		return json.NewEncoder(os.Stdout).Encode(surface)
	}
	// The engine asks a Go program's plugin for no schema beyond its name and version.
	schema, err := json.Marshal(map[string]string{"name": info.Name, "version": info.Version})
	if err != nil {
		return fmt.Errorf("failed to write the package's schema: %w", err)
	}
	pftfbridge.MainWithMuxer(ctx, info.Name, info, schema)
	return nil
}
