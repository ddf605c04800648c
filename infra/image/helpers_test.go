package image

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// project writes files (by slash path) into a new folder. A path that ends in / makes a folder.
func project(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		write(t, root, name, text)
	}
	return root
}

func write(t testing.TB, root, name, text string) {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(name))
	if strings.HasSuffix(name, "/") {
		require.NoError(t, os.MkdirAll(file, 0o755))
		return
	}
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
}

// git runs git in a folder as a person of whom no setting of this machine is known.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=A", "-c", "user.email=a@example.org"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_DATE=2026-11-01T10:00:00+01:00", "GIT_COMMITTER_DATE=2026-11-01T10:00:00+01:00")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	return strings.TrimSpace(string(out))
}

// fleet is a project of four layers in a chain and a fork, and its layers.
func fleet(t *testing.T) (root string, layers []Layer, bases map[string]string) {
	t.Helper()
	root = project(t, map[string]string{
		"images/base/Dockerfile": "FROM x\n", "images/deps/Dockerfile": "FROM x\n",
		"images/bot/Dockerfile": "FROM x\n", "images/bot/bot.py": "print()\n", "images/api/Dockerfile": "FROM x\n",
	})
	return root, []Layer{
		{Name: "bot", Parent: "deps", Context: "images/bot"},
		{Name: "deps", Parent: "base", Context: "images/deps"},
		{Name: "base", Parent: "python", Context: "images/base"},
		{Name: "api", Parent: "deps", Context: "images/api"},
	}, map[string]string{"python": "docker.io/library/python@sha256:aa"}
}

func graph(t *testing.T, root string, layers []Layer, bases map[string]string) *Graph {
	t.Helper()
	g, err := NewGraph(root, layers, bases)
	require.NoError(t, err)
	return g
}

func tags(g *Graph) map[string]string {
	found := map[string]string{}
	for _, node := range g.Layers() {
		found[node.Name] = node.Tag
	}
	return found
}
