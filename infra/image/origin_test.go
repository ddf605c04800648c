package image

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const date = "2026-11-01T10:00:00+01:00"

// checkout is a committed project of one layer, and the commit.
func checkout(t *testing.T) (root, commit string) {
	t.Helper()
	root = project(t, map[string]string{
		"ctx/Dockerfile": "FROM x\n", "ctx/bot.py": "1\n", "ctx/notes.txt": "1\n", "ctx/.dockerignore": "*.txt\nDockerfile\n", "README": "1\n",
	})
	git(t, root, "init", "-q", "-b", "main")
	return root, commitAll(t, root)
}

func commitAll(t *testing.T, root string) string {
	t.Helper()
	git(t, root, "add", "-A")
	git(t, root, "commit", "-q", "-m", "x")
	return git(t, root, "rev-parse", "HEAD")
}

func originOf(t *testing.T, root string) Origin {
	t.Helper()
	g := graph(t, root, []Layer{{Name: "bot", Parent: "python", Context: "ctx"}}, map[string]string{"python": "p"})
	node, _ := g.Node("bot")
	return node.Origin
}

func TestOriginIsTheLastCommitThatTouchedTheImage(t *testing.T) {
	root, commit := checkout(t)
	want := Origin{Source: Unknown, Revision: commit, Created: date}
	assert.Equal(t, want, originOf(t, root))

	write(t, root, "README", "2\n")
	write(t, root, "ctx/notes.txt", "2\n")
	assert.Equal(t, want, originOf(t, root), "changed files outside of the image")
	commitAll(t, root)
	assert.Equal(t, want, originOf(t, root), "a commit that touches nothing of the image")

	write(t, root, "ctx/bot.py", "2\n")
	assert.Equal(t, commit+"+dirty", originOf(t, root).Revision)
	second := commitAll(t, root)
	assert.Equal(t, second, originOf(t, root).Revision)

	write(t, root, "ctx/new.py", "")
	assert.Equal(t, second+"+dirty", originOf(t, root).Revision, "a file that git does not know yet")
	require.NoError(t, os.Remove(filepath.Join(root, "ctx/new.py")))
	write(t, root, "ctx/Dockerfile", "FROM y\n")
	assert.Equal(t, second+"+dirty", originOf(t, root).Revision, "the Dockerfile counts though it is ignored")
	git(t, root, "checkout", "-q", "ctx/Dockerfile")
	git(t, root, "rm", "-q", "ctx/bot.py")
	assert.Equal(t, commitAll(t, root), originOf(t, root).Revision, "a removed file")
}

func TestRevisionOfAFolder(t *testing.T) {
	root, commit := checkout(t)
	git(t, root, "remote", "add", "origin", "https://me:s3cret@github.com/org/fleet.git")
	found, err := Revision(t.Context(), filepath.Join(root, "ctx"))
	require.NoError(t, err)
	assert.Equal(t, Origin{Source: "https://github.com/org/fleet", Revision: commit, Created: date}, found)
	found, err = Revision(t.Context(), root)
	require.NoError(t, err)
	assert.Equal(t, commit, found.Revision)
	write(t, root, "ctx/notes.txt", "2\n")
	found, err = Revision(t.Context(), filepath.Join(root, "ctx"))
	require.NoError(t, err)
	assert.Equal(t, commit+"+dirty", found.Revision, "of a folder as such, every file counts")
}

func TestOriginUnknown(t *testing.T) {
	outside := project(t, map[string]string{"ctx/Dockerfile": "FROM x\n"})
	assert.Equal(t, unknownOrigin, originOf(t, outside))
	git(t, outside, "init", "-q")
	assert.Equal(t, unknownOrigin, originOf(t, outside), "no commit yet")
	write(t, outside, "README", "")
	git(t, outside, "add", "README")
	git(t, outside, "commit", "-q", "-m", "x")
	assert.Equal(t, unknownOrigin, originOf(t, outside), "a folder that was never committed")
}

// TestOriginInShallowClone holds that a clone without history does not pass its one commit off
// as the one that touched every layer: each commit would rebuild all images.
func TestOriginInShallowClone(t *testing.T) {
	root, commit := checkout(t)
	write(t, root, "README", "2\n")
	commitAll(t, root)
	clone := filepath.Join(t.TempDir(), "clone")
	git(t, root, "clone", "-q", "--depth=1", "file://"+root, clone)
	assert.Equal(t, unknownOrigin, originOf(t, clone))
	whole := filepath.Join(t.TempDir(), "clone")
	git(t, root, "clone", "-q", "file://"+root, whole)
	assert.Equal(t, commit, originOf(t, whole).Revision)
}

func TestOriginIsPartOfTheTag(t *testing.T) {
	root, _ := checkout(t)
	layers, bases := []Layer{{Name: "bot", Parent: "python", Context: "ctx"}}, map[string]string{"python": "p"}
	before := tags(graph(t, root, layers, bases))
	git(t, root, "remote", "add", "origin", "https://github.com/org/fleet")
	assert.NotEqual(t, before, tags(graph(t, root, layers, bases)))
}

// TestGitHookVariables holds that a run from a git hook looks at this checkout, not the hook's.
func TestGitHookVariables(t *testing.T) {
	root, commit := checkout(t)
	other, _ := checkout(t)
	t.Setenv("GIT_DIR", filepath.Join(other, ".git"))
	t.Setenv("GIT_INDEX_FILE", filepath.Join(other, ".git", "index"))
	assert.Equal(t, commit, originOf(t, root).Revision)
}

func TestBrowsable(t *testing.T) {
	for remote, want := range map[string]string{
		"https://github.com/org/fleet.git":             "https://github.com/org/fleet",
		"https://user:pass@github.com/org/fleet":       "https://github.com/org/fleet",
		"https://token@github.com:8443/org/fleet/":     "https://github.com:8443/org/fleet",
		"https://github.com/org/fleet?token=x#y":       "https://github.com/org/fleet",
		"git@github.com:org/fleet.git":                 "https://github.com/org/fleet",
		"github.com:org/fleet":                         "https://github.com/org/fleet",
		"ssh://git@git.example.org:2222/org/fleet.git": "https://git.example.org/org/fleet",
		"/srv/git/fleet.git":                           Unknown,
		"../fleet":                                     Unknown,
		"file:///srv/git/fleet.git":                    Unknown,
		"":                                             Unknown,
		"https://%zz":                                  Unknown,
	} {
		assert.Equal(t, want, browsable(remote), remote)
	}
}

func TestEmptySubmodule(t *testing.T) {
	root, _ := checkout(t)
	write(t, root, ".gitmodules", "[submodule \"models\"]\n\tpath = ctx/models\n\turl = https://example.org/models\n"+
		"[submodule \"quoted\"]\n\tpath = \"ctx/more models\"\n[submodule \"notes\"]\n\tpath = ctx/notes.txt\n[submodule \"other\"]\n\tpath = elsewhere\n")
	write(t, root, "ctx/models/", "")
	write(t, root, "ctx/more models/x", "")
	assert.EqualError(t, checkAt(root),
		"layer bot: ctx/models: is an empty submodule folder; run git submodule update --init --recursive")
	require.NoError(t, os.Remove(filepath.Join(root, "ctx/models")))
	assert.EqualError(t, checkAt(root),
		"layer bot: ctx/models: is an empty submodule folder; run git submodule update --init --recursive")
	write(t, root, "ctx/models/points.py", "")
	assert.NoError(t, checkAt(root))
}
