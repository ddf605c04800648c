package main

import (
	"context"
	"os"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"botyard/toolchain/plugin-aws/gaps"
)

// dropLater takes out of a resource's inputs the properties that the SDK offers and this version of the provider does not know, where that is
// harmless: endpoints of its own, or AWS_ENDPOINT_URL, tell an emulator.
func dropLater(token string, lacking []string) tfbridge.PreCheckCallback {
	return func(_ context.Context, inputs, config resource.PropertyMap) (resource.PropertyMap, error) {
		var set []string
		for key := range inputs {
			set = append(set, string(key))
		}
		_, endpoints := config["endpoints"]
		emulated := endpoints || os.Getenv("AWS_ENDPOINT_URL") != ""
		if err := gaps.Refuse(token, lacking, set, emulated); err != nil {
			return nil, err
		}
		kept := inputs.Copy()
		for _, property := range lacking {
			delete(kept, resource.PropertyKey(property))
		}
		return kept, nil
	}
}
