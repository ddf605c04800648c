package image

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// separated is a committed checkout without git's data, which is beside it, as package checkout leaves it.
func separated(t *testing.T) (at *Checkout, commit string) {
	t.Helper()
	root, commit := checkout(t)
	data := filepath.Join(t.TempDir(), "git")
	require.NoError(t, os.Rename(filepath.Join(root, ".git"), data))
	git(t, root, "--git-dir="+data, "config", "core.worktree", root)
	return &Checkout{Name: "https://h/code@main", Root: root, GitDir: data}, commit
}

func fromCheckout(at *Checkout, context, dockerfile string) (*Graph, error) {
	return NewGraph(os.DevNull, []Layer{{Name: "bot", Parent: "python", Context: context, Dockerfile: dockerfile, Checkout: at}}, map[string]string{"python": "p"})
}

// TestACheckoutsOrigin holds that its commit is told though git's data is elsewhere, and never as dirty: what git-lfs put in
// the place of pointers, and submodules without git's files, look like changes.
func TestACheckoutsOrigin(t *testing.T) {
	at, commit := separated(t)
	write(t, at.Root, "ctx/bot.py", "fetched\n")
	g, err := fromCheckout(at, "ctx", "")
	require.NoError(t, err)
	node, _ := g.Node("bot")
	assert.Equal(t, Origin{Source: Unknown, Revision: commit, Created: date}, node.Origin)
	assert.Equal(t, ".botyard/sources/bot-"+node.Content, node.Link())
	assert.Equal(t, node.Link()+"/"+filepath.Base(at.Root)+"/ctx", node.Folder())
	assert.Regexp(t, "^[0-9a-f]{16}$", node.Content)
}

// TestContentIsOfFilesAlone holds that a folder's name tells of what is in it, and of nothing that is not.
func TestContentIsOfFilesAlone(t *testing.T) {
	at, _ := separated(t)
	contentOf := func(args map[string]string) string {
		g, err := NewGraph(os.DevNull, []Layer{{Name: "bot", Parent: "python", Context: "ctx", Checkout: at, Args: args}}, map[string]string{"python": "p"})
		require.NoError(t, err)
		node, _ := g.Node("bot")
		return node.Content
	}
	before := contentOf(nil)
	assert.Equal(t, before, contentOf(map[string]string{"A": "1"}))
	write(t, at.Root, "ctx/notes.txt", "ignored\n")
	assert.Equal(t, before, contentOf(nil))
	write(t, at.Root, "ctx/bot.py", "2\n")
	assert.NotEqual(t, before, contentOf(nil))
}

// TestACheckoutsLinksLeadNowhere holds that what others have pushed cannot make a folder of this machine the context.
func TestACheckoutsLinksLeadNowhere(t *testing.T) {
	at, _ := separated(t)
	outside := project(t, map[string]string{"Dockerfile": "FROM x\n", "secret": "1\n"})
	require.NoError(t, os.Symlink(outside, filepath.Join(at.Root, "away")))
	require.NoError(t, os.Symlink(outside, filepath.Join(at.Root, "ctx/away")))
	_, err := fromCheckout(at, "away", "")
	assert.EqualError(t, err, "layer bot: git.path: away/Dockerfile of https://h/code@main is reached by a link, which can lead out of the repository; give the path of the folder itself")
	_, err = fromCheckout(at, "ctx", "away/Dockerfile")
	assert.EqualError(t, err, "layer bot: git.path: ctx/away/Dockerfile of https://h/code@main is reached by a link, which can lead out of the repository; give the path of the folder itself")
}

func TestAnEmptySubmoduleOfACheckout(t *testing.T) {
	at, _ := separated(t)
	write(t, at.Root, ".gitmodules", "[submodule \"m\"]\n\tpath = ctx/m\n\turl = ../m\n")
	write(t, at.Root, "ctx/m/", "")
	_, err := fromCheckout(at, "ctx", "")
	assert.EqualError(t, err, "layer bot: ctx/m of https://h/code@main: is an empty submodule folder; remove submodules: false, or list it in .dockerignore")
}

// TestACheckoutThatCouldNotBeHad holds that nothing more is said of it, and that other layers are checked.
func TestACheckoutThatCouldNotBeHad(t *testing.T) {
	root := project(t, map[string]string{"api/Dockerfile": "FROM x\n", "api/.env": ""})
	_, err := NewGraph(root, []Layer{
		{Name: "bot", Parent: "python", Context: ".", Checkout: &Checkout{}, Warded: true}, {Name: "api", Parent: "bot", Context: "api"},
	}, map[string]string{"python": "p"})
	assert.ErrorContains(t, err, "layer api: api/.env: is an environment file")
	assert.NotContains(t, err.Error(), "layer bot")
}

// TestTheOriginOfASubmodule holds that a layer in a submodule of the project has that one's commit.
func TestTheOriginOfASubmodule(t *testing.T) {
	code, commit := checkout(t)
	root := project(t, map[string]string{"README": "1\n"})
	git(t, root, "init", "-q", "-b", "main")
	git(t, root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "file://"+code, "images/bot")
	git(t, root, "-C", "images/bot", "remote", "set-url", "origin", "https://github.com/acme/bot")
	outer := commitAll(t, root)
	of := func(context string) Origin {
		g := graph(t, root, []Layer{{Name: "bot", Parent: "python", Context: context}}, map[string]string{"python": "p"})
		node, _ := g.Node("bot")
		return node.Origin
	}
	want := Origin{Source: "https://github.com/acme/bot", Revision: commit, Created: date}
	assert.Equal(t, want, of("images/bot/ctx"))
	write(t, root, "images/bot/ctx/bot.py", "2\n")
	want.Revision += "+dirty"
	assert.Equal(t, want, of("images/bot/ctx"))
	write(t, root, "Dockerfile", "FROM x\n")
	write(t, root, ".dockerignore", ".git\n")
	assert.Equal(t, outer+"+dirty", of(".").Revision, "around it, the project's own commit counts")
}
