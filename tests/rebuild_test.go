package tests

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"botyard/infra/image"
	"botyard/infra/platform"
	"botyard/tests/recording"
)

// TestOfFortyLayersOnlyTheChangedOneAndWhatStandsOnItIsBuilt declares 40 layers in 5 levels of 8, changes one file, and holds
// which images Docker's provider would build: those whose inputs are others, as it compares them.
func TestOfFortyLayersOnlyTheChangedOneAndWhatStandsOnItIsBuilt(t *testing.T) {
	root := t.TempDir()
	for level := range 5 {
		for column := range 8 {
			put(t, root, layerName(level, column)+"/Dockerfile", "ARG PARENT\nFROM ${PARENT}\nCOPY content /content\n")
			put(t, root, layerName(level, column)+"/content", "first\n")
		}
	}
	for changed, want := range map[string][]string{
		"":            nil,
		"l0-2":        {"l0-2", "l1-2", "l2-2", "l2-3", "l3-2", "l3-3", "l4-2", "l4-3"}, // l2-3 uses l1-2
		"l1-5":        {"l1-5", "l2-5", "l2-6", "l3-5", "l3-6", "l4-5", "l4-6"},
		"l3-0":        {"l3-0", "l4-0"},
		"l4-7":        {"l4-7"},
		"somewhere/x": nil,
	} {
		before := buildInputs(t, root)
		require.Len(t, before, 40)
		if changed != "" {
			put(t, root, changed+"/content", "changed\n")
		}
		after := buildInputs(t, root)
		var built []string
		for name := range after {
			if !before[name].DeepEquals(after[name]) {
				built = append(built, name)
			}
		}
		slices.Sort(built)
		require.Equal(t, want, built, "changed: %q", changed)
		if changed != "" {
			put(t, root, changed+"/content", "first\n")
		}
	}
}

func layerName(level, column int) string { return fmt.Sprintf("l%d-%d", level, column) }

func put(t *testing.T, root, name, text string) {
	t.Helper()
	file := filepath.Join(root, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
}

// buildInputs are the inputs of every image, without the credentials of the registry. In the third level each layer uses the
// one beneath its neighbour too.
func buildInputs(t *testing.T, root string) map[string]resource.PropertyMap {
	t.Helper()
	var layers []image.Layer
	var names []string
	for level := range 5 {
		for column := range 8 {
			layer := image.Layer{Name: layerName(level, column), Parent: "outside", Context: layerName(level, column)}
			if level > 0 {
				layer.Parent = layerName(level-1, column)
			}
			if level == 2 && column > 0 {
				layer.Uses = []string{layerName(1, column-1)}
			}
			layers, names = append(layers, layer), append(names, layer.Name)
		}
	}
	graph, err := image.NewGraph(root, layers, map[string]string{"outside": "outside@sha256:0"})
	require.NoError(t, err)
	recorded, err := recording.Run(t, func(ctx *pulumi.Context) error {
		registry, err := platform.NewRegistry(ctx, "registry", &platform.RegistryArgs{
			Layers: names, Retain: 20, Address: "localhost:4566", Names: platform.Namer{Project: recording.Project, Stack: recording.Stack},
		})
		if err != nil {
			return err
		}
		_, err = platform.NewBuilds(ctx, "images", &platform.BuildsArgs{Layers: graph.Layers(), Registry: registry, RegistryAddress: "localhost:4566", Parallel: 4})
		return err
	})
	require.NoError(t, err)
	inputs := map[string]resource.PropertyMap{}
	for _, each := range recorded.OfType(imageType) {
		inputs[each.Name] = each.Inputs.Copy()
		delete(inputs[each.Name], "registry")
	}
	return inputs
}
