package tests

import (
	"errors"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"botyard/infra"
	"botyard/infra/rollout"
	"botyard/tests/fleet"
	"botyard/tests/recording"
)

// TestAChangedLayerTakesStepsFromItsNewestImages holds where builds look for steps: the newest images of the same layer,
// by digest, while the tag is new to the registry; and that a tag which is there keeps the inputs that it was built with.
func TestAChangedLayerTakesStepsFromItsNewestImages(t *testing.T) {
	cfg := fleet.Load(t, "prod")
	deps, ok := cfg.Graph.Node("python-deps")
	require.True(t, ok)
	runner := &recording.Runner{Images: map[string][]rollout.Pushed{
		"botyard/test/bot": {
			{Digest: "sha256:aa", Tags: []string{"1111111111111111"}, At: time.Unix(1, 0)},
			{Digest: "sha256:bb", Tags: []string{"2222222222222222"}, At: time.Unix(2, 0)},
		},
		"botyard/test/python-deps": {{Digest: "sha256:cc", Tags: []string{deps.Tag}, At: time.Unix(1, 0)}},
		"botyard/prod/warden":      {{Digest: "sha256:dd", Tags: []string{"1111111111111111"}}}, // another stack's
	}}
	for _, mode := range [][]pulumi.RunOption{nil, {recording.Preview}} {
		recorded, err := recording.Run(t, func(ctx *pulumi.Context) error { return infra.DeployWith(ctx, cfg, runner) }, mode...)
		require.NoError(t, err)
		registry := recording.Account + ".dkr.ecr." + recording.Region + ".amazonaws.com/botyard/test/"
		for _, each := range recorded.OfType(imageType) {
			var from any
			var ignored []string
			switch each.Name {
			case "bot":
				from = map[string]any{"images": []any{registry + "bot@sha256:bb", registry + "bot@sha256:aa"}}
			case "python-deps":
				from, ignored = map[string]any{"images": []any{registry + "python-deps@sha256:cc"}}, []string{"build.cacheFrom"}
			}
			require.Equal(t, from, each.Input("build").(map[string]any)["cacheFrom"], each.Name)
			require.Equal(t, ignored, each.IgnoreChanges, each.Name)
			require.Equal(t, "1", each.Input("build").(map[string]any)["args"].(map[string]any)["BUILDKIT_INLINE_CACHE"], each.Name)
		}
	}
}

// TestARegistryThatDoesNotAnswerIsAnError holds that nothing is declared on a guess.
func TestARegistryThatDoesNotAnswerIsAnError(t *testing.T) {
	runner := &recording.Runner{Fail: map[string]error{"pushed": errors.New("AccessDeniedException")}}
	recorded, err := recording.Run(t, func(ctx *pulumi.Context) error { return infra.DeployWith(ctx, fleet.Load(t, "prod"), runner) })
	require.ErrorContains(t, err, "AccessDeniedException")
	require.Empty(t, recorded.OfType(imageType))
}
