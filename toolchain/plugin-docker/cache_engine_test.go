package main

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/moby/moby/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// slow is a Dockerfile with a step that takes long, before one that changes.
func slow(unique, last string) map[string]string {
	return map[string]string{"Dockerfile": "ARG PARENT\nFROM ${PARENT}\n" +
		"RUN [\"/tool\", \"write\", \"/slow\", \"" + unique + "\"]\nRUN [\"/tool\", \"write\", \"/last\", \"" + unique + last + "\"]\n"}
}

// forget makes the engine one that has never built the image: its names and the steps that wrote unique are gone.
func (b *bench) forget(unique string) {
	b.t.Helper()
	engine := dockerEngine(b.t)
	images, err := engine.ImageList(b.t.Context(), client.ImageListOptions{Filters: client.Filters{}.Add("reference", b.registry+"/*")})
	require.NoError(b.t, err)
	for _, image := range images.Items {
		_, err := engine.ImageRemove(b.t.Context(), image.ID, client.ImageRemoveOptions{Force: true})
		require.NoError(b.t, err)
	}
	for range 2 { // a step goes after those built on it
		for _, record := range b.records(unique) {
			_, err := engine.BuildCachePrune(b.t.Context(), client.BuildCachePruneOptions{All: true, Filters: client.Filters{}.Add("id", record)})
			require.NoError(b.t, err)
		}
	}
	require.Empty(b.t, b.records(unique))
}

// records are the ids of the steps in the engine's build cache whose description holds a text.
func (b *bench) records(text string) []string {
	b.t.Helper()
	used, err := dockerEngine(b.t).DiskUsage(b.t.Context(), client.DiskUsageOptions{BuildCache: true, Verbose: true})
	require.NoError(b.t, err)
	var ids []string
	for _, record := range used.BuildCache.Items {
		if strings.Contains(record.Description, text) {
			ids = append(ids, record.ID)
		}
	}
	return ids
}

// layersOf are the digests of an image's layers in its registry.
func layersOf(t *testing.T, reference any, login authn.Authenticator) []string {
	t.Helper()
	layers, err := pulled(t, reference.(string), login).Layers()
	require.NoError(t, err)
	var digests []string
	for _, layer := range layers {
		digest, err := layer.DiffID()
		require.NoError(t, err)
		digests = append(digests, digest.String())
	}
	return digests
}

// A machine that has built nothing takes the steps of cacheFrom's images, by digest and with the image's own login, and runs
// those that changed. An image that took a step from another does not tell of it any more (BuildKit 0.8), so that the second
// change needs the first image too.
func TestAFreshMachineRunsOnlyWhatChanged(t *testing.T) {
	login := &authn.Basic{Username: "AWS", Password: "right-password"}
	b := newBench(t, startRegistry(t, withLogin("AWS", "right-password")), nil)
	unique := strings.ToLower(rand.Text())
	build := func(last string, from ...any) (reference any, slowStep, lastStep string) {
		b.forget(unique)
		time.Sleep(1100 * time.Millisecond) // a step that runs again makes another layer: dates count in seconds
		write(t, "app", slow(unique, last))
		outputs, err := create(t, b.plugin, b.inputs(func(p, build map[string]any) {
			p["imageName"] = b.registry + "/bot:" + last
			p["registry"] = map[string]any{"server": b.registry, "username": "AWS", "password": "right-password"}
			build["platform"], build["args"].(map[string]any)["BUILDKIT_INLINE_CACHE"] = defaultPlatform(), "1"
			if len(from) > 0 {
				build["cacheFrom"] = map[string]any{"images": from}
			}
		}), false)
		require.NoError(t, err)
		layers := layersOf(t, outputs["repoDigest"], login)
		require.Len(t, layers, 3)
		return outputs["repoDigest"], layers[1], layers[2]
	}
	one, slowStep, lastStep := build("1")
	_, slowAgain, lastAgain := build("1", one)
	assert.Equal(t, []string{slowStep, lastStep}, []string{slowAgain, lastAgain}, "nothing was run")

	two, slowAgain, lastAgain := build("2", one)
	assert.Equal(t, slowStep, slowAgain, "the slow step was not run")
	assert.NotEqual(t, lastStep, lastAgain)

	_, slowAgain, _ = build("3", two, one)
	assert.Equal(t, slowStep, slowAgain, "the slow step was not run")
	assert.Empty(t, b.pulumi.kept(), "nothing to warn of")

	_, slowAgain, _ = build("4")
	assert.NotEqual(t, slowStep, slowAgain, "without a cache it is run")
}

func TestACacheThatIsGoneFailsNoBuild(t *testing.T) {
	b := newBench(t, startRegistry(t, nil), contextFiles)
	write(t, "app", map[string]string{"Dockerfile": dockerfile})
	gone := b.registry + "/bot@sha256:" + zeros
	outputs, err := create(t, b.plugin, b.inputs(func(p, build map[string]any) {
		build["platform"], build["cacheFrom"] = defaultPlatform(), map[string]any{"images": []any{gone}}
	}), false)
	require.NoError(t, err)
	media, err := pulled(t, outputs["repoDigest"].(string), authn.Anonymous).MediaType()
	require.NoError(t, err)
	assert.Equal(t, types.DockerManifestSchema2, media)
	require.Len(t, b.pulumi.kept(), 1)
	assert.Contains(t, b.pulumi.kept()[0], "WARNING "+testURN+" build.cacheFrom: "+gone+" cannot be read, so every step is run: ")
}
