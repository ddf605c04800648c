package main

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// dropLater takes out of a resource's inputs the properties that the SDK offers and this version of the provider does not know. An emulator,
// which is recognised by the provider's endpoints being set, does without them; on AWS itself they would silently not happen, so there it is an
// error to set one.
func dropLater(token string, lacking []string) tfbridge.PreCheckCallback {
	return func(_ context.Context, inputs, config resource.PropertyMap) (resource.PropertyMap, error) {
		_, emulated := config["endpoints"]
		kept := inputs.Copy()
		for _, property := range lacking {
			key := resource.PropertyKey(property)
			if _, set := inputs[key]; !set {
				continue
			}
			if !emulated {
				return nil, fmt.Errorf("%s sets %s, which this build of the AWS plugin does not know: deploy to AWS with the published plugin "+
					"(pulumi plugin install resource aws %s)", token, property, version)
			}
			delete(kept, key)
		}
		return kept, nil
	}
}
