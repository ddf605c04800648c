// Command consumer is an example of another Pulumi program: it reads a fleet's outputs by a StackReference, and lets a task
// of its own near the fleet's bots. docs/outputs.md lists what there is to read.
package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() { pulumi.Run(consume) }

// consume exports where the fleet answers and what a program beside it would need.
func consume(ctx *pulumi.Context) error {
	name := config.Require(ctx, "fleet")
	fleet, err := pulumi.NewStackReference(ctx, name, nil)
	if err != nil {
		return fmt.Errorf("fleet %s: %w", name, err)
	}
	bots := fleet.GetOutput(pulumi.String("serviceArns")).ApplyT(func(arns any) ([]string, error) {
		services, ok := arns.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("fleet %s has no output serviceArns: it is not up, or no fleet of botyard", name)
		}
		return slices.Sorted(maps.Keys(services)), nil
	})
	ctx.Export("services", bots)
	// A job beside the bots would run in the same network, and log next to them.
	ctx.Export("subnets", fleet.GetOutput(pulumi.String("publicSubnetIds")))
	ctx.Export("securityGroup", fleet.GetStringOutput(pulumi.String("securityGroupId")))
	ctx.Export("answersAt", pulumi.Sprintf("%s/webhooks/rest/webhook", fleet.GetStringOutput(pulumi.String("publicUrl"))))
	ctx.Export("release", fleet.GetStringOutput(pulumi.String("release")))
	return nil
}
