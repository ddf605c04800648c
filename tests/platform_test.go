package tests

import (
	"testing"

	"github.com/stretchr/testify/require"

	"botyard/infra/config"
	"botyard/tests/fleet"
	"botyard/tests/recording"
)

// TestThePlatformFollowsTheHosts holds that a Graviton type is all that a stack must say: images, tasks and the hosts' own
// system are for ARM then, and for x86 without it.
func TestThePlatformFollowsTheHosts(t *testing.T) {
	for instance, want := range map[string]struct{ platform, architecture, system string }{
		"t4g.small": {"linux/arm64", "ARM64", "amazon-linux-2023/arm64/recommended"},
		"t3.small":  {"linux/amd64", "X86_64", "amazon-linux-2023/recommended"},
	} {
		cfg, err := config.Load(config.Source{Project: recording.Project, Stack: recording.Stack, Root: fleet.Root(t), Values: map[string]string{
			"extends": "prod", "hosts": `{"instanceType": "` + instance + `"}`,
		}})
		require.NoError(t, err)
		recorded, _ := fleet.Record(t, cfg)
		images, definitions, templates := recorded.OfType(imageType), recorded.OfType(taskType), recorded.OfType("aws:ec2/launchTemplate:LaunchTemplate")
		require.Len(t, images, len(cfg.Images))
		for _, image := range images {
			require.Equal(t, want.platform, image.Input("build").(map[string]any)["platform"], image.Name)
		}
		require.NotEmpty(t, definitions)
		for _, definition := range definitions {
			require.Equal(t, want.architecture, definition.Input("runtimePlatform").(map[string]any)["cpuArchitecture"], definition.Name)
		}
		require.NotEmpty(t, templates)
		for _, template := range templates {
			require.Contains(t, template.Input("imageId"), want.system, template.Name)
			require.Equal(t, instance, template.Input("instanceType"))
		}
	}
}
