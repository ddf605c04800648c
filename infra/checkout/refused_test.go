package checkout

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func refused(t *testing.T, r Repository) string {
	t.Helper()
	f := &Fetcher{Cache: t.TempDir()}
	tree, err := f.Fetch(t.Context(), r)
	require.Error(t, err)
	assert.Nil(t, tree)
	var problem *Error
	require.ErrorAs(t, err, &problem)
	left, globErr := filepath.Glob(filepath.Join(f.Cache, "*", "*"))
	require.NoError(t, globErr)
	assert.Empty(t, left, "nothing is left of what failed")
	return err.Error()
}

func TestWhatCannotBeFetched(t *testing.T) {
	alone(t)
	dir, address := remote(t, map[string]string{"a": "1\n"})
	for _, branch := range []string{"dev", "e1", "e2", "e3", "e4", "both"} {
		run(t, dir, "branch", branch)
	}
	run(t, dir, "tag", "both")
	none := strings.Repeat("0123456789", 4)
	for name, test := range map[string]struct{ url, ref, want string }{
		"no such repository": {"file:///no/such/code", "master",
			"url: file:///no/such/code cannot be read: '/no/such/code' does not appear to be a git repository; correct the address, or give this machine access: a token over https, a key over ssh"},
		"nobody answers": {"https://localhost:1/code", "master",
			"url: https://localhost:1/code cannot be read: unable to access 'https://localhost:1/code/': Failed to connect to localhost port 1 after # ms: Couldn't connect to server; " +
				"correct the address, or give this machine access: a token over https, a key over ssh"},
		"no such branch": {address, "main", fmt.Sprintf(`ref: there is no branch or tag "main" in %s; give a branch, a tag or all 40 digits of a commit; its branches are both, dev, e1, e2, e3, …`, address)},
		"the beginning of a commit": {address, run(t, dir, "rev-parse", "HEAD")[:8], fmt.Sprintf(`ref: there is no branch or tag "%s" in %s; give a branch, a tag or all 40 digits of a commit; its branches are both, dev, e1, e2, e3, …`,
			run(t, dir, "rev-parse", "HEAD")[:8], address)},
		"a branch and a tag": {address, "both", fmt.Sprintf(`ref: "both" is both a branch and a tag of %s; give refs/heads/both or refs/tags/both`, address)},
		"no such commit":     {address, none, fmt.Sprintf("ref: the commit %s of %s cannot be had: git upload-pack: not our ref %s; give a commit that is on a branch or tag there, and access to it", none, address, none)},
	} {
		t.Run(name, func(t *testing.T) {
			got := refused(t, Repository{URL: test.url, Ref: test.ref})
			got = regexp.MustCompile(`after \d+ ms`).ReplaceAllString(got, "after # ms")
			got = strings.Replace(got, "remote error: upload-pack", "git upload-pack", 1) // which of both sides is heard first differs
			assert.Equal(t, test.want, got)
		})
	}
}

func TestASubmoduleWithoutAccess(t *testing.T) {
	alone(t)
	innerDir, inner := remote(t, map[string]string{"m": "1\n"})
	dir, address := remote(t, map[string]string{"a": "1\n"})
	addSubmodule(t, dir, inner, "models")
	require.NoError(t, os.Rename(innerDir, innerDir+"-away"))
	assert.Equal(t, fmt.Sprintf("submodules: a submodule of %s@master cannot be read: '%s' does not appear to be a git repository; clone of '%s' into submodule path 'models' failed; "+
		"give this machine access to it, or set false if the image does without its submodules", address, innerDir, inner), refused(t, Repository{URL: address, Ref: "master", Submodules: true}))
}

// TestASubmoduleThatIsAFolderOfThisMachine holds that what comes from elsewhere reads nothing here.
func TestASubmoduleThatIsAFolderOfThisMachine(t *testing.T) {
	alone(t)
	_, inner := remote(t, map[string]string{"m": "1\n"})
	folder := t.TempDir()
	address, _ := serve(t, folder, "")
	dir := filepath.Join(folder, "code.git")
	require.NoError(t, os.Mkdir(dir, 0o755))
	run(t, dir, "init", "-q", "-b", "master")
	addSubmodule(t, dir, inner, "models")
	got := refused(t, Repository{URL: address + "/code.git", Ref: "master", Submodules: true})
	assert.Contains(t, got, "transport 'file' not allowed; clone of '"+inner+"' into submodule path 'models' failed;")
}

func TestWithoutGit(t *testing.T) {
	alone(t)
	t.Setenv("PATH", t.TempDir())
	assert.Equal(t, `url: git cannot be run: exec: "git": executable file not found in $PATH; install git`, refused(t, Repository{URL: "file:///x", Ref: "master"}))
}

func TestSSHNeverAsks(t *testing.T) {
	alone(t)
	bin := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(bin, "ssh"), []byte("#!/bin/sh\necho \"$@\" >&2\nexit 255\n"), 0o755))
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("GIT_SSH_VARIANT", "ssh")
	for _, address := range []string{"git@code.example.org:acme/bot.git", "ssh://git@code.example.org/acme/bot.git"} {
		got := refused(t, Repository{URL: address, Ref: "master"})
		assert.Contains(t, got, "url: "+address+" cannot be read: -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=15 ")
		assert.Contains(t, got, "git@code.example.org git-upload-pack ")
	}
	t.Setenv("GIT_SSH_COMMAND", "ssh -i key")
	assert.Contains(t, refused(t, Repository{URL: "git@h:x", Ref: "master"}), "cannot be read: -i key -o BatchMode=yes")
}

func TestCheckURL(t *testing.T) {
	for _, good := range []string{
		"https://github.com/acme/bot.git", "https://code.example.org:8443/a/b", "ssh://git@github.com/acme/bot", "ssh://git@h:2222/x", "git@github.com:acme/bot.git", "file:///srv/bot.git",
	} {
		what, right := CheckURL(good)
		assert.Empty(t, what+right, good)
	}
	for _, bad := range []string{
		"", "github.com/acme/bot", "http://github.com/acme/bot", "git://h/x", "ext::sh -c touch% /x", "ext::x", "file://h/x", "file:///", "https://github.com", "https:///x", "ssh://-oProxyCommand=x/y",
		"-u:x", "--upload-pack=x", "https://h/x?y=1", "https://h/x#y", "https://h/a b", "../bot", "/srv/bot", "h:x", "-x@h:y", "a@-h:y", "a@h::x", "https://h/x\n",
	} {
		what, right := CheckURL(bad)
		assert.Contains(t, what, "no address of a git repository", bad)
		assert.Equal(t, goodURL, right, bad)
	}
	for _, bad := range []string{"https://t0ken@h/x", "https://me:t0ken@h/x", "ssh://git:t0ken@h/x", "http://me:t0ken@h/x", "https://me:@h/x"} {
		what, right := CheckURL(bad)
		assert.Equal(t, "has credentials in it, which would end in logs and in git's files", what, bad)
		assert.NotContains(t, what+right, "t0ken")
	}
	what, _ := CheckURL("https://me:t0ken%zz@h/x")
	assert.Equal(t, "is no address of a git repository", what)
}

func TestCheckRef(t *testing.T) {
	for _, good := range []string{"master", "feature/x", "v1.2.3", "refs/heads/a", strings.Repeat("a", 40), "user@x", "a+b"} {
		what, _ := CheckRef(good)
		assert.Empty(t, what, good)
	}
	for _, bad := range []string{"", "-x", "--upload-pack=x", "a b", "a..b", "a//b", "a/", "a.", "a@{1}", "a^", "a~1", "a:b", "a*", "a?", "a[", "a.lock", "a/.b", "/a", "a\n", "HEAD^{}"} {
		what, _ := CheckRef(bad)
		assert.Equal(t, fmt.Sprintf("%q is no branch, tag or commit", bad), what)
	}
}
