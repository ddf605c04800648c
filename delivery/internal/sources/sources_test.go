package sources

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/infra/image"
)

// quietly makes git one that knows no setting of this machine, and clones folders.
func quietly(t *testing.T) {
	for key, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_CONFIG_COUNT": "3",
		"GIT_CONFIG_KEY_0": "protocol.file.allow", "GIT_CONFIG_VALUE_0": "always",
		"GIT_CONFIG_KEY_1": "user.name", "GIT_CONFIG_VALUE_1": "A",
		"GIT_CONFIG_KEY_2": "user.email", "GIT_CONFIG_VALUE_2": "a@example.org",
	} {
		t.Setenv(key, value)
	}
}

func in(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput()
	require.NoError(t, err, string(out))
	return strings.TrimSpace(string(out))
}

// commit writes a file and commits it on the branch, which is made if it is not there.
func commit(t *testing.T, dir, branch, file, text string) string {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, ".git")); err != nil {
		require.NoError(t, os.MkdirAll(dir, 0o755))
		in(t, dir, "init", "--quiet", "--initial-branch=master")
	} else if exec.Command("git", "-C", dir, "checkout", "--quiet", branch).Run() != nil {
		in(t, dir, "checkout", "--quiet", "-b", branch)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644))
	in(t, dir, "add", file)
	in(t, dir, "commit", "--quiet", "-m", text)
	return in(t, dir, "rev-parse", "HEAD")
}

// fleet is a checkout, as of a pull request without a branch, whose layers base and bot are repositories of their own.
func fleet(t *testing.T) (root, bot string) {
	t.Helper()
	quietly(t)
	top := t.TempDir()
	base, bot, origin, root := filepath.Join(top, "base"), filepath.Join(top, "bot"), filepath.Join(top, "origin"), filepath.Join(top, "root")
	commit(t, base, "master", "Dockerfile", "FROM x\n")
	commit(t, bot, "master", "Dockerfile", "FROM ${PARENT}\n")
	commit(t, origin, "master", "README", "fleet")
	in(t, origin, "submodule", "add", "--quiet", "-b", "master", base, "images/base")
	in(t, origin, "submodule", "add", "--quiet", bot, "images/bot")
	in(t, origin, "config", "--file", ".gitmodules", "submodule.images/bot.branch", ".")
	in(t, origin, "commit", "--quiet", "-a", "-m", "layers")
	in(t, top, "clone", "--quiet", "origin", "root")
	in(t, root, "checkout", "--quiet", "--detach")
	return root, bot
}

func tags(t *testing.T, root string) map[string]image.Node {
	t.Helper()
	g, err := image.NewGraph(root, []image.Layer{
		{Name: "base", Parent: "p", Context: "images/base"}, {Name: "bot", Parent: "base", Context: "images/bot"},
	}, map[string]string{"p": "p"})
	require.NoError(t, err)
	all := map[string]image.Node{}
	for _, node := range g.Layers() {
		all[node.Name] = node
	}
	return all
}

func TestAPushToACodeRepositoryRebuildsJustItsLayer(t *testing.T) {
	root, bot := fleet(t)
	var out strings.Builder
	require.NoError(t, Update(t.Context(), root, "master", &out))
	assert.Contains(t, out.String(), " images/base (heads/master)\n")
	before := tags(t, root)

	pushed := commit(t, bot, "master", "bot.py", "print()\n")
	require.NoError(t, Update(t.Context(), root, "master", &out))
	after := tags(t, root)
	assert.Equal(t, before["base"].Tag, after["base"].Tag)
	assert.NotEqual(t, before["bot"].Tag, after["bot"].Tag)
	assert.Contains(t, out.String(), pushed+" images/bot (")
}

func TestALayerFollowsTheDeliveredBranch(t *testing.T) {
	root, bot := fleet(t)
	err := Update(t.Context(), root, "dev", &strings.Builder{})
	require.ErrorContains(t, err, "cannot fetch branch dev of the code's repositories: git submodule update: ")
	require.ErrorContains(t, err, "; right would be that branch in each, or a branch of its own in .gitmodules")

	pushed := commit(t, bot, "dev", "bot.py", "print()\n")
	require.NoError(t, Update(t.Context(), root, "dev", &strings.Builder{}))
	assert.Equal(t, pushed, in(t, filepath.Join(root, "images/bot"), "rev-parse", "HEAD"))
}

func TestOneRepositoryHasNothingToFetch(t *testing.T) {
	var out strings.Builder
	require.NoError(t, Update(t.Context(), t.TempDir(), "", &out))
	assert.Equal(t, "all code is in this repository: nothing to fetch\n", out.String())
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".gitmodules"), nil, 0o644))
	require.EqualError(t, Update(t.Context(), dir, "", &out), "which branch? name it: BRANCH=master")
}
