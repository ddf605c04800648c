package platform

import (
	"github.com/pulumi/pulumi-docker/sdk/v4/go/docker"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Cache is where a layer's build takes steps from that are as they were: images of the same layer, which tell by themselves
// what their layers come from (image.Node.BuildArgs). They are named by digest, so that nothing else can be slipped in.
type Cache struct {
	// From are digests of images in the layer's repository, sha256:…; none where there are none.
	From []string
	// Built tells that the registry holds the layer's very tag: nothing is to be built then, and what an earlier build took
	// its steps from stays in Pulumi's state as it is, although a newer image is there by now.
	Built bool
}

// source is the input for the layer's image; nil for none.
func (c Cache) source(repository pulumi.StringInput) docker.CacheFromPtrInput {
	if len(c.From) == 0 {
		return nil
	}
	var images pulumi.StringArray
	for _, digest := range c.From {
		images = append(images, pulumi.Sprintf("%s@%s", repository, digest))
	}
	return docker.CacheFromArgs{Images: images}
}

// options keep an image that is built already from being built again because there is a newer one to take steps from.
// Docker's provider takes any change of its inputs for a change of the image.
func (c Cache) options() []pulumi.ResourceOption {
	if !c.Built {
		return nil
	}
	return []pulumi.ResourceOption{pulumi.IgnoreChanges([]string{"build.cacheFrom"})}
}
