package images

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/infra/image"
	"botyard/tests/fleet"
	"botyard/tests/recording"
)

// byDigest is a layer's image as the program names it to those built on it.
var byDigest = regexp.MustCompile(`^.*/botyard/test/(.+)@sha256:[0-9a-f]+$`)

// TestTheArgsAreTheProgramsOwn holds that a build here gets what the program would give it: both are asked about stack prod.
func TestTheArgsAreTheProgramsOwn(t *testing.T) {
	cfg := fleet.Load(t, "prod")
	recorded, _ := fleet.Record(t, cfg)
	layers, names := cfg.Graph.Layers(), map[string]string{}
	require.Len(t, recorded.OfType("docker:index/image:Image"), len(layers))
	for _, layer := range layers {
		names[layer.Name] = layer.Name
	}
	for _, layer := range layers {
		build := one(recorded, layer.Name).Inputs["build"].ObjectValue()
		args := map[string]string{}
		for key, value := range build["args"].ObjectValue() {
			args[string(key)] = byDigest.ReplaceAllString(value.StringValue(), "$1")
		}
		assert.Equal(t, args, buildArgs(layer, names), layer.Name)
		assert.Equal(t, layer.Context, build["context"].StringValue())
		assert.Equal(t, layer.Context+"/"+layer.Dockerfile, build["dockerfile"].StringValue())
		assert.Equal(t, layer.Platform, build["platform"].StringValue())
	}
	bot, _ := cfg.Graph.Node("bot")
	assert.Equal(t, "models", buildArgs(bot, names)["PARENT"])
	assert.Equal(t, "warden", buildArgs(bot, names)["WARDEN"])
}

func one(recorded *recording.Recorder, name string) recording.Resource {
	for _, each := range recorded.OfType("docker:index/image:Image") {
		if each.Name == name {
			return each
		}
	}
	return recording.Resource{}
}

// TestALayerFromGit holds that it is built from the folder that the program builds it from.
func TestALayerFromGit(t *testing.T) {
	layer := image.Node{
		Layer:   image.Layer{Name: "bot", Context: "app", Dockerfile: "Dockerfile", Checkout: &image.Checkout{Root: "/cache/bot-1/tree", GitDir: "/cache/bot-1/git"}},
		Content: "0123456789abcdef", Tag: "t",
	}
	list := words(layer, nil)
	assert.Equal(t, ".botyard/sources/bot-0123456789abcdef/tree/app", list[len(list)-1])
	assert.Equal(t, []string{"build", "--file", ".botyard/sources/bot-0123456789abcdef/tree/app/Dockerfile", "--tag", "botyard-check/bot:t"}, list[:5])
}
