// Package infra is the stack: it loads the config, translates it into the components of
// infra/platform and exports the outputs. stack.go reads as a table of contents.
package infra

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/config"
	"botyard/infra/platform"
)

// Deploy declares the stack that ctx's config describes.
func Deploy(ctx *pulumi.Context) error {
	source, err := config.FromContext(ctx)
	if err != nil {
		return err
	}
	runner, err := newRunner(ctx)
	if err != nil {
		return err
	}
	source.Fetch = fetching(ctx.Context(), runner)
	cfg, err := config.Load(source)
	if err != nil {
		return err
	}
	if cfg, err = withRelease(ctx.Context(), source, cfg, runner); err != nil {
		return err
	}
	return DeployWith(ctx, cfg, runner)
}

// DeployWith declares the stack that cfg describes; runner carries out its one-off tasks and waits.
func DeployWith(ctx *pulumi.Context, cfg *config.Config, runner platform.Runner) error {
	for _, warning := range cfg.Warnings {
		if err := ctx.Log.Warn(warning, nil); err != nil {
			return err
		}
	}
	if err := platform.TagEverything(ctx, cfg.Tags); err != nil {
		return err
	}
	s, err := newStack(ctx, cfg, runner)
	if err != nil {
		return err
	}
	return s.declare()
}
