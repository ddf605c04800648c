package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var contextFiles = map[string]string{
	"app/Dockerfile":    "FROM scratch\n",
	"app/.dockerignore": "*.log\n!keep.log\n",
	"app/main.py":       "print(1)\n",
	"app/sub/data.txt":  "data\n",
	"app/noise.log":     "noise\n",
	"app/keep.log":      "kept\n",
}

func digestOf(t *testing.T, contextDir, dockerfile string) string {
	t.Helper()
	digest, err := contextDigest(t.Context(), contextDir, dockerfile)
	require.NoError(t, err)
	return digest
}

// A change of this value would rebuild every image of every stack once, and part from the published plugin's.
func TestContextDigestIsPinned(t *testing.T) {
	workIn(t, contextFiles)
	assert.Equal(t, "bc777c8aca9f2d6e93220426274af7f20cb419c0ea309fc2abc514f49e15479f", digestOf(t, "app", "app/Dockerfile"))
}

// A context from git is behind a link, so that its path is the same on every machine.
func TestContextDigestBehindALink(t *testing.T) {
	workIn(t, contextFiles)
	want := digestOf(t, "app", "app/Dockerfile")
	require.NoError(t, os.Symlink(".", "link"))
	assert.Equal(t, want, digestOf(t, "link/app", "link/app/Dockerfile"))
}

func TestContextDigest(t *testing.T) {
	cases := []struct {
		name    string
		change  func(t *testing.T)
		changes bool
	}{
		{"nothing", func(*testing.T) {}, false},
		{"content", func(t *testing.T) { write(t, ".", map[string]string{"app/main.py": "print(2)\n"}) }, true},
		{"content of a file in a folder", func(t *testing.T) { write(t, ".", map[string]string{"app/sub/data.txt": "more\n"}) }, true},
		{"mode", func(t *testing.T) { require.NoError(t, os.Chmod("app/main.py", 0o755)) }, true},
		{"name", func(t *testing.T) { require.NoError(t, os.Rename("app/main.py", "app/other.py")) }, true},
		{"new file", func(t *testing.T) { write(t, ".", map[string]string{"app/new.py": ""}) }, true},
		{"file gone", func(t *testing.T) { require.NoError(t, os.Remove("app/sub/data.txt")) }, true},
		{"Dockerfile", func(t *testing.T) { write(t, ".", map[string]string{"app/Dockerfile": "FROM other\n"}) }, true},
		{".dockerignore", func(t *testing.T) { write(t, ".", map[string]string{"app/.dockerignore": "sub\n"}) }, true},
		{"file that is kept by an exception", func(t *testing.T) { write(t, ".", map[string]string{"app/keep.log": "x"}) }, true},
		{"ignored file", func(t *testing.T) { write(t, ".", map[string]string{"app/noise.log": "louder\n", "app/b.log": ""}) }, false},
		{"times", func(t *testing.T) { require.NoError(t, os.Chtimes("app/main.py", dayOne, dayOne)) }, false},
		{"empty folder", func(t *testing.T) { require.NoError(t, os.Mkdir("app/empty", 0o755)) }, false},
		{"new symbolic link", func(t *testing.T) { require.NoError(t, os.Symlink("main.py", "app/link")) }, true},
		{"file outside the context", func(t *testing.T) { write(t, ".", map[string]string{"README.md": "x"}) }, false},
		{"the same files written in another order", func(t *testing.T) {
			require.NoError(t, os.RemoveAll("app"))
			for _, name := range []string{"app/sub/data.txt", "app/noise.log", "app/main.py", "app/keep.log", "app/Dockerfile", "app/.dockerignore"} {
				write(t, ".", map[string]string{name: contextFiles[name]})
			}
		}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			workIn(t, contextFiles)
			before := digestOf(t, "app", "app/Dockerfile")
			c.change(t)
			after := digestOf(t, "app", "app/Dockerfile")
			if c.changes {
				assert.NotEqual(t, before, after)
			} else {
				assert.Equal(t, before, after)
			}
		})
	}
}

func TestContextDigestOfLinks(t *testing.T) {
	workIn(t, contextFiles)
	require.NoError(t, os.Symlink("gone", "app/link"))
	dangling := digestOf(t, "app", "app/Dockerfile")
	require.NoError(t, os.Remove("app/link"))
	require.NoError(t, os.Symlink("main.py", "app/link"))
	assert.NotEqual(t, dangling, digestOf(t, "app", "app/Dockerfile"))
}

func TestContextDigestIsOfTheSameFilesWhereverTheyLie(t *testing.T) {
	first := workIn(t, contextFiles)
	relative := digestOf(t, "app", "app/Dockerfile")
	absolute := digestOf(t, filepath.Join(first, "app"), filepath.Join(first, "app/Dockerfile"))
	workIn(t, contextFiles)
	assert.Equal(t, relative, digestOf(t, "app", "app/Dockerfile"))
	assert.Equal(t, relative, absolute)
}

func TestIgnoreFileOfTheDockerfileComesFirst(t *testing.T) {
	workIn(t, contextFiles)
	write(t, ".", map[string]string{"docker/bot.Dockerfile": "FROM scratch\n", "docker/bot.Dockerfile.dockerignore": "main.py\n"})
	before := digestOf(t, "app", "docker/bot.Dockerfile")
	write(t, ".", map[string]string{"app/main.py": "print(3)\n"})
	assert.Equal(t, before, digestOf(t, "app", "docker/bot.Dockerfile"), "ignored by the Dockerfile's own file")
	write(t, ".", map[string]string{"app/noise.log": "louder\n"})
	assert.NotEqual(t, before, digestOf(t, "app", "docker/bot.Dockerfile"), "the context's file does not count beside it")
}

func TestBadIgnoreFileIsNamed(t *testing.T) {
	workIn(t, contextFiles)
	write(t, ".", map[string]string{"app/.dockerignore": "[\n"})
	_, err := contextDigest(t.Context(), "app", "app/Dockerfile")
	assert.ErrorContains(t, err, "app")
}
