package checkout

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fetched is the tree's files, and the tree.
func fetched(t *testing.T, f *Fetcher, r Repository) (map[string]string, *Tree) {
	t.Helper()
	tree, err := f.Fetch(t.Context(), r)
	require.NoError(t, err)
	root, _, _ := tree.Find(".")
	return contents(t, root), tree
}

func TestABranchATagAndACommit(t *testing.T) {
	alone(t)
	dir, address := remote(t, map[string]string{"a": "1\n", "sub/b": "1\n"})
	first := run(t, dir, "rev-parse", "HEAD")
	run(t, dir, "tag", "-a", "v1", "-m", "x")
	run(t, dir, "tag", "light")
	second := commit(t, dir, map[string]string{"a": "2\n"})
	run(t, dir, "branch", "feature/x", first)
	for ref, want := range map[string]string{
		"master": second, "v1": first, "light": first, "feature/x": first, "refs/tags/v1": first, "refs/heads/master": second, first: first,
	} {
		files, tree := fetched(t, &Fetcher{}, Repository{URL: address, Ref: ref})
		assert.Equal(t, want, tree.Commit, ref)
		assert.Equal(t, address+"@"+ref, tree.Name)
		assert.Equal(t, map[string]string{"a": map[string]string{first: "1\n", second: "2\n"}[want], "sub/b": "1\n"}, files, ref)
	}
}

// TestAFetchedCommitNeedsNoNetwork holds that a commit is fetched once, for all refs and updates.
func TestAFetchedCommitNeedsNoNetwork(t *testing.T) {
	record := alone(t)
	dir, address := remote(t, map[string]string{"a": "1\n"})
	head := run(t, dir, "rev-parse", "HEAD")
	fetched(t, &Fetcher{}, Repository{URL: address, Ref: "master"})
	require.NoError(t, os.Rename(dir, dir+"-away"))
	require.NoError(t, os.Remove(record))
	files, _ := fetched(t, &Fetcher{}, Repository{URL: address, Ref: head})
	assert.Equal(t, map[string]string{"a": "1\n"}, files)
	assert.NoFileExists(t, record, "no git was run")
}

// TestARefIsResolvedOnce holds that images that share a branch get one commit of it, and that the next update gets the next.
func TestARefIsResolvedOnce(t *testing.T) {
	record := alone(t)
	dir, address := remote(t, map[string]string{"a": "1\n"})
	r := Repository{URL: address, Ref: "master"}
	f := &Fetcher{}
	_, first := fetched(t, f, r)
	moved := commit(t, dir, map[string]string{"a": "2\n"})
	_, again := fetched(t, f, r)
	assert.Equal(t, first.Commit, again.Commit)
	_, withModules := fetched(t, f, Repository{URL: address, Ref: "master", Submodules: true})
	assert.Equal(t, first.Commit, withModules.Commit)
	var asked [][]string
	for _, words := range started(t, record) {
		if words[1] == "ls-remote" {
			asked = append(asked, words)
		}
	}
	assert.Equal(t, [][]string{{"git", "ls-remote", "--quiet", "--", address, "refs/heads/master", "refs/tags/master", "refs/tags/master^{}"}}, asked)
	_, next := fetched(t, &Fetcher{}, r)
	assert.Equal(t, moved, next.Commit)
}

func TestSubmodules(t *testing.T) {
	alone(t)
	_, inner := remote(t, map[string]string{"deep": "1\n"})
	middleDir, middle := remote(t, map[string]string{"code/m": "1\n"})
	addSubmodule(t, middleDir, inner, "vendor/inner")
	dir, address := remote(t, map[string]string{"a": "1\n"})
	addSubmodule(t, dir, middle, "models")
	files, tree := fetched(t, &Fetcher{}, Repository{URL: address, Ref: "master", Submodules: true})
	delete(files, ".gitmodules")
	delete(files, "models/.gitmodules")
	assert.Equal(t, map[string]string{"a": "1\n", "models/code/m": "1\n", "models/vendor/inner/deep": "1\n"}, files, "all files, and none of git's own")

	root, gitDir, rest := tree.Find("models/code")
	assert.Equal(t, "code", rest)
	assert.Equal(t, filepath.Join(tree.entry, "tree", "models"), root)
	assert.Equal(t, run(t, middleDir, "rev-parse", "HEAD"), run(t, root, "--git-dir="+gitDir, "rev-parse", "HEAD"))
	root, _, rest = tree.Find("models/vendor/inner")
	assert.Equal(t, ".", rest)
	assert.Equal(t, filepath.Join(tree.entry, "tree", "models", "vendor", "inner"), root)
	root, _, rest = tree.Find("modelsx")
	assert.Equal(t, "modelsx", rest)
	assert.Equal(t, filepath.Join(tree.entry, "tree"), root)

	files, _ = fetched(t, &Fetcher{}, Repository{URL: address, Ref: "master"})
	delete(files, ".gitmodules")
	assert.Equal(t, map[string]string{"a": "1\n"}, files)
}

// TestTheBranchWasPushedOver holds that what a ref meant when it was asked for is what is fetched.
func TestTheBranchWasPushedOver(t *testing.T) {
	alone(t)
	dir, address := remote(t, map[string]string{"a": "1\n"})
	old := run(t, dir, "rev-parse", "HEAD")
	run(t, dir, "commit", "-q", "--amend", "-m", "y")
	g := git{repository: Repository{URL: address, Ref: "master"}, say: func(string) {}}
	tree, err := g.tree(t.Context(), t.TempDir(), resolved{old, "refs/heads/master"})
	require.NoError(t, err)
	assert.Equal(t, old, tree.Commit)
	root, gitDir, _ := tree.Find(".")
	assert.Equal(t, old, run(t, root, "--git-dir="+gitDir, "rev-parse", "HEAD"))
}

// TestTwoUpdatesAtOnce holds that both get the whole, and that nothing else stays.
func TestTwoUpdatesAtOnce(t *testing.T) {
	alone(t)
	_, address := remote(t, map[string]string{"a": "1\n", "b": "2\n"})
	cache := t.TempDir()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			tree, err := (&Fetcher{Cache: cache}).Fetch(t.Context(), Repository{URL: address, Ref: "master"})
			if assert.NoError(t, err) {
				root, _, _ := tree.Find(".")
				assert.FileExists(t, filepath.Join(root, "b"))
			}
		})
	}
	all.Wait()
	entries, err := filepath.Glob(filepath.Join(cache, folder(address), "*"))
	require.NoError(t, err)
	assert.Len(t, entries, 1)
}

// TestAKilledFetch holds that its leftovers are never taken for the content, and go after a day.
func TestAKilledFetch(t *testing.T) {
	alone(t)
	_, address := remote(t, map[string]string{"a": "1\n"})
	f := &Fetcher{Cache: t.TempDir()}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err := f.Fetch(ctx, Repository{URL: address, Ref: "master"})
	require.ErrorIs(t, err, context.Canceled)

	home := filepath.Join(f.Cache, folder(address))
	left := filepath.Join(home, workPrefix+"1", filesFolder)
	require.NoError(t, os.MkdirAll(left, 0o755))
	young := filepath.Join(home, workPrefix+"2")
	require.NoError(t, os.Mkdir(young, 0o755))
	unused := filepath.Join(home, strings.Repeat("a", 40))
	require.NoError(t, os.Mkdir(unused, 0o755))
	for file, age := range map[string]time.Duration{filepath.Dir(left): 25 * time.Hour, young: 23 * time.Hour, unused: 31 * 24 * time.Hour} {
		require.NoError(t, os.Chtimes(file, time.Time{}, time.Now().Add(-age)))
	}
	files, tree := fetched(t, &Fetcher{Cache: f.Cache}, Repository{URL: address, Ref: "master"})
	assert.Equal(t, map[string]string{"a": "1\n"}, files)
	entries, err := filepath.Glob(filepath.Join(home, "*"))
	require.NoError(t, err)
	assert.Equal(t, []string{tree.entry, young}, entries)
}

// TestNothingOfARepositoryRuns holds hooks of the person, filters and settings that would change the files.
func TestNothingOfARepositoryRuns(t *testing.T) {
	alone(t)
	hooks, ran := t.TempDir(), filepath.Join(t.TempDir(), "ran")
	for _, hook := range []string{"post-checkout", "reference-transaction", "post-index-change"} {
		require.NoError(t, os.WriteFile(filepath.Join(hooks, hook), []byte("#!/bin/sh\ntouch "+ran+"\n"), 0o755))
	}
	_, address := remote(t, map[string]string{"a": "1\n2\n", ".gitattributes": "*.bin filter=lfs\n", "m.bin": "version https://git-lfs.github.com/spec/v1\n"})
	config := "[core]\n\thooksPath = " + hooks + "\n\tautocrlf = true\n[filter \"lfs\"]\n\tprocess = no-such-program\n\trequired = true\n"
	require.NoError(t, os.WriteFile(os.Getenv("GIT_CONFIG_GLOBAL"), []byte(config), 0o644))
	files, _ := fetched(t, &Fetcher{}, Repository{URL: address, Ref: "master"})
	assert.Equal(t, "1\n2\n", files["a"])
	assert.Equal(t, "version https://git-lfs.github.com/spec/v1\n", files["m.bin"], "a pointer stays one")
	assert.NoFileExists(t, ran)
}

// TestARollbackNeedsNoRemote holds that what a ref meant last is taken where that is asked for, and said; and only then.
func TestARollbackNeedsNoRemote(t *testing.T) {
	alone(t)
	dir, address := remote(t, map[string]string{"a": "1\n"})
	cache := t.TempDir()
	r := Repository{URL: address, Ref: "master"}
	fetched(t, &Fetcher{Cache: cache}, r)
	commit(t, dir, map[string]string{"a": "2\n"})
	var said []string
	files, last := fetched(t, &Fetcher{Cache: cache, Remembered: true, Progress: func(line string) { said = append(said, line) }}, r)
	assert.Equal(t, "2\n", files["a"], "a remote that answers is believed")
	assert.Equal(t, []string{"fetching " + address + "@master: " + last.Commit}, said)

	require.NoError(t, os.Rename(dir, dir+"-away"))
	said = nil
	files, tree := fetched(t, &Fetcher{Cache: cache, Remembered: true, Progress: func(line string) { said = append(said, line) }}, r)
	assert.Equal(t, "2\n", files["a"])
	assert.Equal(t, last.Commit, tree.Commit)
	assert.Equal(t, []string{address + "@master: " + address + " cannot be read: '" + dir + "' does not appear to be a git repository; the commit " + last.Commit + ", which it was last, is taken"}, said)
	_, err := (&Fetcher{Cache: cache}).Fetch(t.Context(), r)
	assert.ErrorContains(t, err, "cannot be read")
	_, err = (&Fetcher{Cache: t.TempDir(), Remembered: true}).Fetch(t.Context(), r)
	assert.ErrorContains(t, err, "cannot be read")
}
