package platform

import (
	"github.com/pulumi/pulumi-docker/sdk/v4/go/docker"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Cache is where a layer's build takes steps from that are as they were: an image of the same layer, which tells by itself
// what its layers come from (image.Node.BuildArgs). It is named by its digest, so that nothing else can be slipped in.
type Cache struct {
	// From is the digest of the layer's newest image, sha256:…; empty where there is none.
	From string
	// Built tells that the registry holds the layer's very tag: nothing is to be built then, and what an earlier build took
	// its steps from stays in Pulumi's state as it is, although a newer image is there by now.
	Built bool
}

// source is the input for the layer's image; nil for none.
func (c Cache) source(repository pulumi.StringInput) docker.CacheFromPtrInput {
	if c.From == "" {
		return nil
	}
	return docker.CacheFromArgs{Images: pulumi.StringArray{pulumi.Sprintf("%s@%s", repository, c.From)}}
}

// options keep an image that is built already from being built again because there is a newer one to take steps from.
// Docker's provider takes any change of its inputs for a change of the image.
func (c Cache) options() []pulumi.ResourceOption {
	if !c.Built {
		return nil
	}
	return []pulumi.ResourceOption{pulumi.IgnoreChanges([]string{"build.cacheFrom"})}
}
