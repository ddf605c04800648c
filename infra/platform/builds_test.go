package platform

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"botyard/infra/image"
	"botyard/tests/recording"
)

func TestEachLayerIsBuiltOnItsParentsDigest(t *testing.T) {
	layers := []image.Node{
		{Layer: image.Layer{Name: "base", Parent: "python", Context: "images/base", Dockerfile: "Dockerfile", Platform: "linux/amd64"}, Base: true, OutsideBase: "python@sha256:0", Tag: "t1"},
		{Layer: image.Layer{Name: "bot", Parent: "base", Context: "images/bot", Dockerfile: "Dockerfile", Platform: "linux/amd64", Args: map[string]string{"A": "1"}}, Tag: "t2"},
	}
	recorded := record(t, func(ctx *pulumi.Context) error {
		registry, err := NewRegistry(ctx, "registry", &RegistryArgs{Layers: []string{"base", "bot"}, Retain: 20, Address: "localhost:4566", Names: names})
		if err != nil {
			return err
		}
		_, err = NewBuilds(ctx, "images", &BuildsArgs{Layers: layers, Registry: registry, RegistryAddress: "localhost:4566", Parallel: 4})
		return err
	})
	base := recorded.One(t, "docker:index/image:Image", "base")
	require.Equal(t, "localhost:4566/botyard/test/base:t1", base.Input("imageName"))
	require.Equal(t, "python@sha256:0", base.Input("build").(map[string]any)["args"].(map[string]any)["PARENT"])
	bot := recorded.One(t, "docker:index/image:Image", "bot")
	build := bot.Input("build").(map[string]any)
	require.Regexp(t, `^localhost:4566/botyard/test/base@sha256:[0-9a-f]{64}$`, build["args"].(map[string]any)["PARENT"])
	require.Equal(t, "1", build["args"].(map[string]any)["A"])
	require.Equal(t, "images/bot/Dockerfile", build["dockerfile"])
	require.Contains(t, bot.DependsOn, "docker:index/image:Image::base")
	require.Equal(t, recording.RegistryPassword, bot.Input("registry").(map[string]any)["password"])

	repository := recorded.One(t, "aws:ecr/repository:Repository", "bot")
	require.Equal(t, "botyard/test/bot", repository.Input("name"))
	require.Equal(t, "IMMUTABLE", repository.Input("imageTagMutability"))
	require.Equal(t, map[string]any{"scanOnPush": true}, repository.Input("imageScanningConfiguration"))
	var selections []any
	for i, each := range decode(t, recorded.One(t, "aws:ecr/lifecyclePolicy:LifecyclePolicy", "bot"), "policy").(map[string]any)["rules"].([]any) {
		rule := each.(map[string]any)
		require.Equal(t, float64(i+1), rule["rulePriority"])
		selections = append(selections, rule["selection"])
	}
	require.Equal(t, []any{
		map[string]any{"tagStatus": "tagged", "tagPrefixList": []any{"release-"}, "countType": "imageCountMoreThan", "countNumber": 10000.0},
		map[string]any{"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 20.0},
	}, selections, "an image with a release's tag is no other rule's")
}

func TestEachUsedLayersDigestIsABuildArg(t *testing.T) {
	layers := []image.Node{
		{Layer: image.Layer{Name: "chart-tools", Parent: "go", Context: "c"}, Base: true, OutsideBase: "go@sha256:0", Tag: "t1"},
		{Layer: image.Layer{Name: "warden", Parent: "go", Context: "w"}, Base: true, OutsideBase: "go@sha256:0", Tag: "t1"},
		{Layer: image.Layer{Name: "bot", Parent: "python", Context: "b", Uses: []string{"warden", "chart-tools"}}, Base: true, OutsideBase: "python@sha256:0", Tag: "t2"},
	}
	declare := func(layers []image.Node) (*recording.Recorder, error) {
		return recording.Run(t, func(ctx *pulumi.Context) error {
			registry, err := NewRegistry(ctx, "registry", &RegistryArgs{Layers: []string{"bot", "chart-tools", "warden"}, Retain: 20, Address: "localhost:4566", Names: names})
			if err != nil {
				return err
			}
			_, err = NewBuilds(ctx, "images", &BuildsArgs{Layers: layers, Registry: registry, RegistryAddress: "localhost:4566", Parallel: 4})
			return err
		})
	}
	recorded, err := declare(layers)
	require.NoError(t, err)
	bot := recorded.One(t, "docker:index/image:Image", "bot")
	args := bot.Input("build").(map[string]any)["args"].(map[string]any)
	require.Equal(t, "python@sha256:0", args["PARENT"])
	require.Regexp(t, `^localhost:4566/botyard/test/warden@sha256:[0-9a-f]{64}$`, args["WARDEN"])
	require.Regexp(t, `^localhost:4566/botyard/test/chart-tools@sha256:[0-9a-f]{64}$`, args["CHART_TOOLS"])
	require.Len(t, args, 3+5, "and those of every layer")
	require.Subset(t, bot.DependsOn, []string{"docker:index/image:Image::chart-tools", "docker:index/image:Image::warden"})
	warden := recorded.One(t, "docker:index/image:Image", "warden")
	require.NotContains(t, warden.Input("build").(map[string]any)["args"], "WARDEN")
	require.Less(t, warden.Order, bot.Order)

	_, err = declare(layers[1:])
	require.ErrorContains(t, err, `image bot: the layer "chart-tools", which it uses, is not among the layers before it`)
}
