// Package platform holds the stack's parts, one ComponentResource a file. Components take
// plain Go for what decides their shape and Inputs for what comes from other resources; they
// know nothing of the stack's config (infra/stack.go translates).
package platform

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// component is what every ComponentResource of this package is.
type component interface {
	pulumi.ComponentResource
	// outputs are what RegisterResourceOutputs tells the engine: the component's exported outputs.
	outputs() pulumi.Map
}

// build registers c under the frozen type token botyard:platform:<kind>, lets fill declare its
// children, and registers its outputs last, so that no component can forget either.
func build(ctx *pulumi.Context, kind, name string, c component, opts []pulumi.ResourceOption, fill func(child pulumi.ResourceOption) error) error {
	if err := ctx.RegisterComponentResource("botyard:platform:"+kind, name, c, opts...); err != nil {
		return fmt.Errorf("%s %s: %w", kind, name, err)
	}
	if err := fill(pulumi.Parent(c)); err != nil {
		return fmt.Errorf("%s %s: %w", kind, name, err)
	}
	if err := ctx.RegisterResourceOutputs(c, c.outputs()); err != nil {
		return fmt.Errorf("%s %s: outputs: %w", kind, name, err)
	}
	return nil
}
