package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"botyard/infra/config"
	"botyard/infra/image"
	"botyard/tests/fleet"
)

// dependencyLayers are the layers of libraries, and what decides about them: a layer's own lock and Dockerfile, and what
// the layers beneath it are made of.
var dependencyLayers = map[string][]string{
	"base":        {"base/Dockerfile", "base/ca-certificates/README.md", "base/fleet_logs.py", "base/settle.sh", "base/wheels.sh"},
	"python-deps": {"base/Dockerfile", "base/ca-certificates/README.md", "base/fleet_logs.py", "base/settle.sh", "base/wheels.sh", "python-deps/Dockerfile", "python-deps/requirements.txt"},
}

// TestADependencyLayerDependsOnItsLockAlone alters each file of the real images folder, one after the other, and holds which
// of them change the tag of a dependency layer: its lock, its Dockerfile, those beneath it, and nothing else.
func TestADependencyLayerDependsOnItsLockAlone(t *testing.T) {
	f := copyImages(t)
	before := f.tags()
	changedBy := map[string][]string{}
	for _, file := range f.files {
		text, err := os.ReadFile(f.path(file))
		require.NoError(t, err)
		if strings.HasSuffix(file, "/.dockerignore") {
			continue // decides which files count; the next test adds files that it must leave out
		}
		require.NoError(t, os.WriteFile(f.path(file), append(text, '\n'), 0o644))
		after := f.tags()
		require.NoError(t, os.WriteFile(f.path(file), text, 0o644))
		for layer := range dependencyLayers {
			if before[layer] != after[layer] {
				changedBy[layer] = append(changedBy[layer], file)
			}
		}
	}
	require.Equal(t, dependencyLayers, changedBy)
	require.Equal(t, before, f.tags(), "every file is as it was")
}

// TestAFileBesideTheLockIsNoPartOfTheLayer adds files beside the locks: notes, code, a bytecode folder, another lock.
func TestAFileBesideTheLockIsNoPartOfTheLayer(t *testing.T) {
	f := copyImages(t)
	before := f.tags()
	for layer := range dependencyLayers {
		for _, name := range []string{"README.md", "notes.txt", "app/main.py", "__pycache__/x.pyc", "requirements-dev.txt", "a b/ü", ".env.example"} {
			file := f.path(layer + "/" + name)
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
			require.NoError(t, os.WriteFile(file, []byte("new\n"), 0o644))
		}
	}
	require.Equal(t, before, f.tags())
}

// TestACommitBesideTheLockIsNoPartOfTheLayer holds the same for the labels: the commit of another file is not the layer's.
func TestACommitBesideTheLockIsNoPartOfTheLayer(t *testing.T) {
	f := copyImages(t)
	f.git("init", "--quiet")
	f.git("add", "--all")
	f.git("commit", "--quiet", "--message", "first")
	before := f.tags()
	lock := f.path("python-deps/requirements.txt")
	text, err := os.ReadFile(lock)
	require.NoError(t, err)
	for _, file := range f.files {
		if slices.Contains(dependencyLayers["python-deps"], file) || strings.HasSuffix(file, "/.dockerignore") {
			continue
		}
		other, err := os.ReadFile(f.path(file))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(f.path(file), append(other, '\n'), 0o644))
	}
	f.git("commit", "--quiet", "--all", "--message", "everything but what the libraries come from")
	after := f.tags()
	require.Equal(t, before["python-deps"], after["python-deps"])
	require.NotEqual(t, before["bot"], after["bot"])

	require.NoError(t, os.WriteFile(lock, append(text, '\n'), 0o644))
	f.git("commit", "--quiet", "--all", "--message", "the lock")
	require.Equal(t, before["base"], f.tags()["base"])
	require.NotEqual(t, before["python-deps"], f.tags()["python-deps"])
}

// images is a copy of the images folder, in which a test may alter what it likes.
type images struct {
	t     *testing.T
	root  string
	cfg   *config.Config
	files []string // slash paths below images
}

// copyImages copies what git knows of the images folder.
func copyImages(t *testing.T) *images {
	t.Helper()
	f := &images{t: t, root: t.TempDir(), cfg: fleet.Load(t, "prod")}
	listed, err := exec.Command("git", "-C", fleet.Root(t), "ls-files", "-z", "--cached", "--others", "--exclude-standard", "images").Output()
	require.NoError(t, err)
	for _, name := range strings.Split(strings.TrimSuffix(string(listed), "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join(fleet.Root(t), name))
		if os.IsNotExist(err) { // deleted and not committed yet
			continue
		}
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(f.root, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(f.root, name), text, 0o644))
		f.files = append(f.files, strings.TrimPrefix(name, "images/"))
	}
	slices.Sort(f.files)
	require.Greater(t, len(f.files), 100)
	return f
}

func (f *images) path(name string) string {
	return filepath.Join(f.root, "images", filepath.FromSlash(name))
}

// tags are the tags of stack prod's layers, made from the copy.
func (f *images) tags() map[string]string {
	f.t.Helper()
	var layers []image.Layer
	for _, node := range f.cfg.Graph.Layers() {
		layers = append(layers, node.Layer)
	}
	graph, err := image.NewGraph(f.root, layers, f.cfg.BaseImages)
	require.NoError(f.t, err)
	tags := map[string]string{}
	for _, node := range graph.Layers() {
		tags[node.Name] = node.Tag
	}
	return tags
}

func (f *images) git(args ...string) {
	f.t.Helper()
	cmd := exec.Command("git", append([]string{"-C", f.root, "-c", "user.name=A", "-c", "user.email=a@example.org"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	out, err := cmd.CombinedOutput()
	require.NoError(f.t, err, string(out))
}
