package platform

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"botyard/infra/image"
	"botyard/tests/recording"
)

const imageType = "docker:index/image:Image"

// busy is an engine whose builds take a while, and that counts how many are under way.
type busy struct {
	recording.Recorder
	mu        sync.Mutex
	now, most int
	done      map[string]bool
	early     []string            // layers that began before what they need was there
	needs     map[string][]string // by layer
}

func (b *busy) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	if args.TypeToken != imageType {
		return b.Recorder.NewResource(args)
	}
	b.mu.Lock()
	b.now++
	b.most = max(b.most, b.now)
	if slices.ContainsFunc(b.needs[args.Name], func(need string) bool { return !b.done[need] }) {
		b.early = append(b.early, args.Name)
	}
	b.mu.Unlock()
	time.Sleep(3 * time.Millisecond)
	id, outputs, err := b.Recorder.NewResource(args)
	b.mu.Lock()
	b.now--
	b.done[args.Name] = true
	b.mu.Unlock()
	return id, outputs, err
}

// forty are 40 layers in 5 levels of 8, each built on the one beneath it; the last level uses a layer of the first too.
func forty() []image.Node {
	var layers []image.Node
	for level := range 5 {
		for i := range 8 {
			layer := image.Node{Layer: image.Layer{Name: fmt.Sprintf("l%d-%d", level, i), Context: "c", Dockerfile: "Dockerfile"}, Tag: "t"}
			if layer.Parent = fmt.Sprintf("l%d-%d", level-1, i); level == 0 {
				layer.Parent, layer.Base, layer.OutsideBase = "python", true, "python@sha256:0"
			}
			if level == 4 {
				layer.Uses = []string{fmt.Sprintf("l0-%d", (i+1)%8)}
			}
			layers = append(layers, layer)
		}
	}
	return layers
}

// declareForty declares the layers on an engine of mocks, as an update or a preview.
func declareForty(t *testing.T, engine pulumi.MockResourceMonitor, parallel int, options ...pulumi.RunOption) error {
	t.Helper()
	layers := forty()
	var repositories []string
	for _, layer := range layers {
		repositories = append(repositories, layer.Name)
	}
	return pulumi.RunErr(func(ctx *pulumi.Context) error {
		registry, err := NewRegistry(ctx, "registry", &RegistryArgs{Layers: repositories, Retain: 20, Address: "localhost:4566", Names: names})
		if err != nil {
			return err
		}
		_, err = NewBuilds(ctx, "images", &BuildsArgs{Layers: layers, Registry: registry, RegistryAddress: "localhost:4566", Parallel: parallel})
		return err
	}, append([]pulumi.RunOption{pulumi.WithMocks(recording.Project, recording.Stack, engine)}, options...)...)
}

// TestNoMoreImagesAreBuiltAtOnceThanAllowed holds the bound, that it is reached, and that every layer is built once after
// what it needs, for bounds from one to more than there are layers.
func TestNoMoreImagesAreBuiltAtOnceThanAllowed(t *testing.T) {
	for _, parallel := range []int{1, 3, 4, 100} {
		engine := &busy{done: map[string]bool{}, needs: map[string][]string{}}
		for _, layer := range forty() {
			if engine.needs[layer.Name] = slices.Clone(layer.Uses); !layer.Base {
				engine.needs[layer.Name] = append(engine.needs[layer.Name], layer.Parent)
			}
		}
		require.NoError(t, declareForty(t, engine, parallel))
		if parallel < 100 {
			require.Equal(t, parallel, engine.most)
		} else {
			require.GreaterOrEqual(t, engine.most, 5, "a bound above what the layers allow holds nothing up")
		}
		require.Empty(t, engine.early)
		require.Len(t, engine.OfType(imageType), 40)
		require.Len(t, engine.done, 40)
	}
}

// TestTheBoundChangesNoPreview holds that a bound is no input of any image, so that no preview shows another one.
func TestTheBoundChangesNoPreview(t *testing.T) {
	inputs := func(parallel int) map[string]any {
		engine := &recording.Recorder{}
		require.NoError(t, declareForty(t, engine, parallel, recording.Preview))
		all := map[string]any{}
		for _, each := range engine.OfType(imageType) {
			all[each.Name] = recording.Plain(resource.NewObjectProperty(each.Inputs))
		}
		require.Len(t, all, 40)
		return all
	}
	require.Equal(t, inputs(100), inputs(1))
}

func TestNoBuildsAtAllAreRefused(t *testing.T) {
	require.ErrorContains(t, declareForty(t, &recording.Recorder{}, 0), "images: Parallel is 0, so that nothing could be built; give 1 or more")
}
