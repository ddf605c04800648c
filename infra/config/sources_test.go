package config

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/infra/checkout"
)

// repository is a new repository with the bot's image in the folder bot, its address and its commit.
func repository(t *testing.T) (dir, address string) {
	t.Helper()
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	dir = filepath.Join(t.TempDir(), "code")
	require.NoError(t, os.Mkdir(dir, 0o755))
	git(t, dir, "init", "-q", "-b", "master")
	commit(t, dir, map[string]string{"bot/Dockerfile": "FROM ${PARENT}\nENTRYPOINT [\"/warden\"]\nCOPY . .\n", "bot/bot.py": "1\n", "README": "1\n"})
	return dir, "file://" + dir
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=A", "-c", "user.email=a@example.org"}, args...)...).CombinedOutput()
	require.NoError(t, err, string(out))
	return strings.TrimSpace(string(out))
}

func commit(t *testing.T, dir string, files map[string]string) string {
	t.Helper()
	for name, text := range files {
		writeFile(t, dir, name, text)
	}
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "x")
	return git(t, dir, "rev-parse", "HEAD")
}

// fromGit makes the bot's context a folder of a repository.
func fromGit(address, more string) string {
	return fmt.Sprintf("images: {bot: {context: null, git: {url: %q, ref: master, path: bot%s}}}", address, more)
}

func TestAContextFromGit(t *testing.T) {
	root := project(t)
	dir, address := repository(t)
	first := git(t, dir, "rev-parse", "HEAD")
	c, err := load(t, root, fromGit(address, ""))
	require.NoError(t, err)
	node, _ := c.Graph.Node("bot")
	assert.Equal(t, first, c.Trees["bot"].Commit)
	assert.Equal(t, first, node.Origin.Revision)
	assert.Equal(t, ".botyard/sources/bot-"+node.Content+"/tree/bot", node.Folder())
	text, err := os.ReadFile(filepath.Join(root, node.Folder(), "bot.py"))
	require.NoError(t, err)
	assert.Equal(t, "1\n", string(text))
	assert.True(t, c.Warded("bot"))

	// A commit that touches nothing of the image changes neither tag nor folder.
	second := commit(t, dir, map[string]string{"README": "2\n"})
	c, err = load(t, root, fromGit(address, ""))
	require.NoError(t, err)
	again, _ := c.Graph.Node("bot")
	assert.Equal(t, second, c.Trees["bot"].Commit)
	assert.Equal(t, []string{node.Tag, node.Folder(), first}, []string{again.Tag, again.Folder(), again.Origin.Revision})

	third := commit(t, dir, map[string]string{"bot/bot.py": "3\n"})
	c, err = load(t, root, fromGit(address, ""))
	require.NoError(t, err)
	moved, _ := c.Graph.Node("bot")
	assert.Equal(t, third, moved.Origin.Revision)
	assert.NotEqual(t, node.Tag, moved.Tag)
	assert.NotEqual(t, node.Folder(), moved.Folder())
	assert.FileExists(t, filepath.Join(root, node.Folder(), "bot.py"), "another update may be building from it")

	// Another machine has another cache, and the same folder and tag.
	require.NoError(t, os.RemoveAll(os.Getenv("XDG_CACHE_HOME")))
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	other := project(t)
	c, err = load(t, other, fromGit(address, ""))
	require.NoError(t, err)
	elsewhere, _ := c.Graph.Node("bot")
	assert.Equal(t, []string{moved.Tag, moved.Folder()}, []string{elsewhere.Tag, elsewhere.Folder()})

	// Links whose content has gone are replaced and removed.
	_, err = load(t, root, fromGit(address, ""))
	require.NoError(t, err)
	assert.FileExists(t, filepath.Join(root, moved.Folder(), "bot.py"))
	links, err := filepath.Glob(filepath.Join(root, ".botyard/sources/*"))
	require.NoError(t, err)
	assert.Equal(t, []string{filepath.Join(root, moved.Link())}, links)
}

// TestImagesShareARepository holds that one update gives all of them one commit.
func TestImagesShareARepository(t *testing.T) {
	root := project(t)
	dir, address := repository(t)
	asked := 0
	var lock sync.Mutex
	fetcher := &checkout.Fetcher{}
	s := source(t, root, changed(t, fromGit(address, "")+"\n---\n"+
		fmt.Sprintf("images: {init: {context: null, git: {url: %q, ref: master, path: bot}, parent: base}}", address)))
	s.Fetch = func(r checkout.Repository) (*checkout.Tree, error) {
		lock.Lock()
		defer lock.Unlock()
		asked++
		tree, err := fetcher.Fetch(t.Context(), r)
		commit(t, dir, map[string]string{"bot/bot.py": fmt.Sprint(asked)}) // somebody pushes meanwhile
		return tree, err
	}
	c, err := Load(s)
	require.NoError(t, err)
	assert.Equal(t, 2, asked)
	assert.Equal(t, c.Trees["bot"].Commit, c.Trees["init"].Commit)
}

func TestAllRepositoriesThatCannotBeRead(t *testing.T) {
	root := project(t)
	_, address := repository(t)
	c, err := load(t, root, fromGit("file:///no/such", "")+"\n---\n"+
		fmt.Sprintf("{images: {init: {context: null, git: {url: %q, ref: main}}, base: {context: images/bse}}, services: {bot: {image: bto}}}", address))
	assert.Nil(t, c)
	assert.EqualError(t, err, fmt.Sprintf(`botyard:images.base.context: there is no folder images/bse; create it with a Dockerfile in it, or correct the path
botyard:images.bot.git.url: file:///no/such cannot be read: '/no/such' does not appear to be a git repository; correct the address, or give this machine access: a token over https, a key over ssh
botyard:images.init.git.ref: there is no branch or tag "main" in %s; give a branch, a tag or all 40 digits of a commit; its branches are master
botyard:services.bot.image: there is no image "bto"; did you mean "bot"?`, address))
	assert.NoDirExists(t, filepath.Join(root, ".botyard"), "nothing is changed")

	_, err = load(t, root, fromGit("file:///no/such", ""))
	assert.EqualError(t, err, "botyard:images.bot.git.url: file:///no/such cannot be read: '/no/such' does not appear to be a git repository; correct the address, or give this machine access: a token over https, a key over ssh")

	s := source(t, root, changed(t, fromGit(address, "")))
	s.Fetch = func(checkout.Repository) (*checkout.Tree, error) { return nil, errors.New("the update was stopped") }
	_, err = Load(s)
	assert.EqualError(t, err, "the update was stopped")
}

func TestPreflightOfARepository(t *testing.T) {
	root := project(t)
	dir, address := repository(t)
	commit(t, dir, map[string]string{"bot/model.bin": "version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 12345\n"})
	_, err := load(t, root, fromGit(address, ""))
	assert.EqualError(t, err, "botyard:images.bot: bot/model.bin of "+address+"@master is a git-LFS pointer, not the file itself; set lfs: fetch, or list it in .dockerignore")
	for path, want := range map[string]string{
		"nothing": "there is no folder nothing of " + address + "@master; create it with a Dockerfile in it, or correct the path",
		"../bot":  `"../bot" is no folder of ` + address + "@master; give a relative path such as images/bot",
		"/bot":    `"/bot" is no folder of ` + address + "@master; give a relative path such as images/bot",
	} {
		_, err := load(t, root, fromGit(address, "")+"\n---\nimages: {bot: {git: {path: "+path+"}}}")
		assert.EqualError(t, err, "botyard:images.bot.git.path: "+want)
	}
}

func TestGitSettingsAreChecked(t *testing.T) {
	const repository = `images: {bot: {context: null, git: {url: "https://code.example.org/acme/bot", ref: master}}}`
	const arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:code-AbCdEf"
	const goodURL = "give one such as https://github.com/<owner>/<name>, git@github.com:<owner>/<name>.git or file:///srv/<name>.git"
	assertRefused(t, project(t), []badCase{
		{"neither", `images: {bot: {context: null}}`, "images.bot.context: is missing; give the layer's folder, or its repository as git: {url: …, ref: …}"},
		{"both", `images: {bot: {git: {url: "https://h/x y", ref: a}}}`, "images.bot.context: is there besides botyard:images.bot.git; remove one of them; a folder of the repository is botyard:images.bot.git.path\n" +
			"images.bot.git.url: \"https://h/x y\" is no address of a git repository that is read here; " + goodURL},
		{"nothing in it", `images: {bot: {context: null, git: {}}}`, "images.bot.git.ref: is missing; give a text\nimages.bot.git.url: is missing; give a text"},
		{"a text", `images: {bot: {context: null, git: "https://h/x"}}`, `images.bot.git: is the text "https://h/x"; give a map with the keys url, ref, path, submodules, lfs, token`},
		{"credentials", repository + "\n---\n" + `images: {bot: {git: {url: "https://me:t0ken@h/x"}}}`,
			"images.bot.git.url: has credentials in it, which would end in logs and in git's files; take them out, and name a secret as token"},
		{"a ref that is an option", repository + "\n---\nimages: {bot: {git: {ref: --upload-pack=x}}}", `images.bot.git.ref: "--upload-pack=x" is no branch, tag or commit; give one such as master, v1.2 or all 40 digits of a commit`},
		{"lfs", repository + "\n---\nimages: {bot: {git: {lfs: pull}}}", `images.bot.git.lfs: there is no choice "pull"; use fetch or refuse`},
		{"an unknown token", repository + "\n---\nimages: {bot: {git: {token: tokn}}}", `images.bot.git.token: there is no secret "tokn"; did you mean "token"?`},
		{"a token that the stack makes", repository + "\n---\nimages: {bot: {git: {token: token}}}",
			`images.bot.git.token: "token" is a secret that this stack makes, and the repository is read before that; make it by hand (aws secretsmanager create-secret), and give its ARN as botyard:secrets.token.arn`},
		{"a token that is a parameter", repository + "\n---\nimages: {bot: {git: {token: shared}}}", `images.bot.git.token: "shared" is an SSM parameter; name a secret of Secrets Manager`},
		{"a token over ssh", fmt.Sprintf("{secrets: {code: {arn: %q}}, images: {bot: {context: null, git: {url: 'git@h:x', ref: a, token: code}}}}", arn),
			"images.bot.git.token: is for addresses that begin with https:// alone; remove it: ssh takes this machine's keys"},
		{"file size", `images: {bot: {maxFileMiB: 0}}`, "images.bot.maxFileMiB: 0 is out of range; give 1 to 10240 MiB"},
		{"allow", `images: {bot: {allow: ["a["]}}`, "images.bot.allow: cannot be understood: the patterns: syntax error in pattern; write patterns as in .dockerignore"},
	})
}

// TestATokenIsAskedForByItsARN holds what a git block means.
func TestATokenIsAskedForByItsARN(t *testing.T) {
	const arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:code-AbCdEf"
	s := source(t, project(t), changed(t, fmt.Sprintf("secrets: {code: {arn: %q}}", arn)+"\n---\n"+
		"images: {bot: {context: null, git: {url: 'https://h/x', ref: v1, path: bot, lfs: fetch, submodules: false, token: code}}}"))
	var got checkout.Repository
	s.Fetch = func(r checkout.Repository) (*checkout.Tree, error) {
		got = r
		return nil, &checkout.Error{Key: "token", What: "is refused", Right: "give another"}
	}
	c, err := Load(s)
	assert.Nil(t, c)
	assert.EqualError(t, err, "botyard:images.bot.git.token: is refused; give another")
	assert.Equal(t, checkout.Repository{URL: "https://h/x", Ref: "v1", LFS: true, Token: &checkout.Token{Name: "code", ARN: arn}}, got)
	assert.Equal(t, []string{arn}, (&Config{Images: map[string]Image{"a": {Git: &Git{Token: "code"}}, "b": {}}, Secrets: map[string]Secret{"code": {ARN: arn}}}).Tokens())
}
