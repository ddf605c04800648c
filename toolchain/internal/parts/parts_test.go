package parts

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/cache"
	"botyard/toolchain/internal/fake"
	"botyard/toolchain/internal/step"
)

// runStep runs one step as it is run for real, and tells whether it kept what there was.
func runStep(t *testing.T, s step.Step) (kept bool, err error) {
	show, openErr := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	require.NoError(t, openErr)
	defer show.Close()
	timings, err := step.Runner{Logs: t.TempDir(), Show: step.NewDisplay(show)}.Run(t.Context(), []step.Step{s})
	return timings[0].Result == "kept", err
}

func TestHomeIsLaidOutAsPulumiExpects(t *testing.T) {
	store := cache.Store{Root: t.TempDir()}
	var built []Part
	for name, file := range map[string]string{
		"pulumi-cli":  "pulumi",
		"language-go": "pulumi-language-go", "language-go-host": "pulumi-language-go-host", "plugin-aws": "pulumi-resource-aws", "plugin-docker": "pulumi-resource-docker",
	} {
		part := Part{Name: name, Key: "0123456789abcdef"}
		require.NoError(t, os.MkdirAll(part.Path(store), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(part.Path(store), file), []byte(name), 0o755))
		built = append(built, part)
	}
	home, err := Home(store, built)
	require.NoError(t, err)
	kept, err := runStep(t, home.Step(store))
	require.NoError(t, err)
	assert.False(t, kept)
	for path, want := range map[string]string{
		"bin/pulumi": "pulumi-cli", "bin/pulumi-language-go": "language-go", "bin/pulumi-language-go-host": "language-go-host",
		"plugins/resource-aws-v6.83.2/pulumi-resource-aws":       "plugin-aws",
		"plugins/resource-docker-v4.10.0/pulumi-resource-docker": "plugin-docker",
	} {
		info, err := os.Lstat(filepath.Join(home.Path(store), path))
		require.NoError(t, err)
		assert.True(t, info.Mode().IsRegular(), "%s: Pulumi would look beside the target of a symbolic link", path)
		text, err := os.ReadFile(filepath.Join(home.Path(store), path))
		require.NoError(t, err)
		assert.Equal(t, want, string(text))
	}
	kept, err = runStep(t, home.Step(store))
	require.NoError(t, err)
	assert.True(t, kept)
}

func TestAnotherPartMakesAnotherHome(t *testing.T) {
	one, err := Home(cache.Store{}, []Part{{Name: "plugin-aws", Key: "1"}})
	require.NoError(t, err)
	two, err := Home(cache.Store{}, []Part{{Name: "plugin-aws", Key: "2"}})
	require.NoError(t, err)
	assert.NotEqual(t, one.Key, two.Key)
}

// standIn has a script that makes the root file system once and imports it, and an engine that knows what was imported.
func standIn(t *testing.T) (StandIn, *fake.Programs) {
	programs := fake.New(t)
	programs.Add(t, "docker", `[ -e `+programs.Dir+`/imported ] || { echo "Error: No such image: x" >&2; exit 1; }; echo sha256:abc`)
	programs.Add(t, "python.sh", `[ "$1" = --print-key ] && { echo fedcba9876543210; exit; }; [ -e "$4" ] || echo rootfs >"$4"; touch `+programs.Dir+`/imported`)
	return StandIn{Script: filepath.Join(programs.Dir, "python.sh"), Tag: "botyard/python:3.11-bookworm"}, programs
}

func (i StandIn) step(store cache.Store) step.Step {
	return step.Step{Name: "image", Run: func(ctx context.Context, task *step.Task) error { return i.Ensure(ctx, store, task) }}
}

func TestAStandInIsMadeOnceAndImportedAgainWhenTheEngineLostIt(t *testing.T) {
	image, programs := standIn(t)
	store := cache.Store{Root: t.TempDir()}
	kept, err := runStep(t, image.step(store))
	require.NoError(t, err)
	assert.False(t, kept)
	rootfs := filepath.Join(store.Root, "base-python-fedcba9876543210", "rootfs.tar")
	assert.FileExists(t, rootfs)

	kept, err = runStep(t, image.step(store))
	require.NoError(t, err)
	assert.True(t, kept)

	require.NoError(t, os.Remove(filepath.Join(programs.Dir, "imported")))
	before, err := os.Stat(rootfs)
	require.NoError(t, err)
	kept, err = runStep(t, image.step(store))
	require.NoError(t, err)
	assert.False(t, kept)
	after, err := os.Stat(rootfs)
	require.NoError(t, err)
	assert.Equal(t, before.ModTime(), after.ModTime(), "the root file system is not made again")
	assert.FileExists(t, filepath.Join(programs.Dir, "imported"))
	assert.Contains(t, programs.Calls(t), "python.sh --tag botyard/python:3.11-bookworm --rootfs "+rootfs)
}

func TestAScriptThatImportsNothingIsAnError(t *testing.T) {
	image, programs := standIn(t)
	programs.Add(t, "python.sh", `[ "$1" = --print-key ] && echo fedcba9876543210; exit 0`)
	_, err := runStep(t, image.step(cache.Store{Root: t.TempDir()}))
	require.EqualError(t, err, ": "+image.Script+" ended well and the engine has no image botyard/python:3.11-bookworm")
}

func TestAPulledImageIsPulledOnce(t *testing.T) {
	programs := fake.New(t)
	programs.Add(t, "docker", `case "$1" in image) [ -e `+programs.Dir+`/here ] || { echo "Error: No such image: x" >&2; exit 1; }; echo sha256:abc ;; tag) touch `+programs.Dir+`/here ;; esac`)
	image := Pulled{Reference: "docker.io/library/python:3.11@sha256:a36", Tag: "botyard/python:3.11-bookworm"}
	run := step.Step{Name: "image", Run: func(ctx context.Context, task *step.Task) error { return image.Ensure(ctx, task) }}
	kept, err := runStep(t, run)
	require.NoError(t, err)
	assert.False(t, kept)
	assert.Equal(t, []string{
		"docker image inspect --format {{.Id}} docker.io/library/python:3.11@sha256:a36",
		"docker pull --quiet docker.io/library/python:3.11@sha256:a36",
		"docker tag docker.io/library/python:3.11@sha256:a36 botyard/python:3.11-bookworm",
	}, programs.Calls(t))
	kept, err = runStep(t, run)
	require.NoError(t, err)
	assert.True(t, kept)
}

func TestVersionsAreThoseOfTheModules(t *testing.T) {
	root := "../../.."
	for file, wants := range map[string]map[string]string{
		"go.mod": {
			"github.com/pulumi/pulumi/sdk/v3": PulumiVersion, "github.com/pulumi/pulumi-aws/sdk/v6": AWSVersion,
			"github.com/pulumi/pulumi-docker/sdk/v4": DockerVersion,
		},
		"toolchain/cli/go.mod":  {"github.com/pulumi/pulumi/pkg/v3": PulumiVersion},
		"toolchain/sbom/go.mod": {"github.com/anchore/syft": SyftVersion},
	} {
		text, err := os.ReadFile(filepath.Join(root, file))
		require.NoError(t, err)
		for module, version := range wants {
			found := regexp.MustCompile(`(?m)^(?:require )?\s*` + regexp.QuoteMeta(module) + ` v(\S+)`).FindSubmatch(text)
			require.NotNil(t, found, "%s does not name %s", file, module)
			assert.Equal(t, version, string(found[1]), "%s in %s", module, file)
		}
	}
}
