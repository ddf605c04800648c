package images

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/infra/image"
)

// world puts the docker command of testdata on PATH and returns a way to read how it was called.
func world(t *testing.T, env ...string) (calls func() []string) {
	t.Helper()
	dir, err := filepath.Abs("testdata")
	require.NoError(t, err)
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	file := filepath.Join(t.TempDir(), "calls")
	t.Setenv("CALLS", file)
	for _, each := range append([]string{"BUILDX=yes", "HAD=", "FAIL="}, env...) {
		key, value, _ := strings.Cut(each, "=")
		t.Setenv(key, value)
	}
	return func() []string {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		return strings.Split(strings.TrimSpace(string(text)), "\n")
	}
}

// layers are a base with a tool beside it, and what is built on them.
func layers() []image.Node {
	at := func(name, parent string, uses ...string) image.Node {
		return image.Node{
			Layer: image.Layer{Name: name, Parent: parent, Uses: uses, Context: "images/" + name, Dockerfile: "Dockerfile", Platform: "linux/amd64"},
			Tag:   "tag-" + name, Origin: image.Origin{Source: "https://example.org/" + name, Revision: "abc", Created: "2026-11-25T00:00:00Z"},
		}
	}
	base, tool := at("base", "python"), at("my-tool", "go")
	base.Base, base.OutsideBase, base.Args = true, "python@sha256:aa", map[string]string{"A": "1 2", "SOURCE": "own"}
	tool.Base, tool.OutsideBase, tool.Dockerfile = true, "golang@sha256:bb", "build/Dockerfile"
	return []image.Node{base, tool, at("deps", "base"), at("bot", "deps", "my-tool")}
}

func build(t *testing.T) ([]Result, string, error) {
	t.Helper()
	var out strings.Builder
	results, err := Builder{Root: t.TempDir(), Logs: filepath.Join(t.TempDir(), "logs"), Out: &out}.Build(t.Context(), layers())
	return results, out.String(), err
}

func states(results []Result) map[string]State {
	all := map[string]State{}
	for _, r := range results {
		all[r.Layer] = r.State
	}
	return all
}

func TestLayersAreBuiltInOrderOnTheOnesJustBuilt(t *testing.T) {
	calls := world(t, "HAD=botyard-check/base something")
	results, out, err := build(t)
	require.NoError(t, err)
	assert.Equal(t, map[string]State{"base": Cached, "my-tool": Built, "deps": Built, "bot": Built}, states(results))
	assert.Regexp(t, `^base: cached in \d\.\d s\nmy-tool: built in \d\.\d s\ndeps: built in \d\.\d s\nbot: built in \d\.\d s\n$`, out)
	assert.Equal(t, []string{
		"image ls --all --quiet --no-trunc", "version --format {{.Client.Version}}", "buildx version",
		"build --file images/base/Dockerfile --tag botyard-check/base:tag-base --platform linux/amd64 --build-arg A=1 2" +
			" --build-arg BUILDKIT_INLINE_CACHE=1 --build-arg CREATED=2026-11-25T00:00:00Z --build-arg PARENT=python@sha256:aa --build-arg REVISION=abc --build-arg SOURCE=own --build-arg SOURCE_DATE_EPOCH=1795564800 images/base",
		"builder 1 default",
		"image inspect --format {{.Id}} botyard-check/base:tag-base",
		"build --file images/my-tool/build/Dockerfile --tag botyard-check/my-tool:tag-my-tool --platform linux/amd64" +
			" --build-arg BUILDKIT_INLINE_CACHE=1 --build-arg CREATED=2026-11-25T00:00:00Z --build-arg PARENT=golang@sha256:bb --build-arg REVISION=abc --build-arg SOURCE=https://example.org/my-tool --build-arg SOURCE_DATE_EPOCH=1795564800 images/my-tool",
		"builder 1 default",
		"image inspect --format {{.Id}} botyard-check/my-tool:tag-my-tool",
		"build --file images/deps/Dockerfile --tag botyard-check/deps:tag-deps --platform linux/amd64" +
			" --build-arg BUILDKIT_INLINE_CACHE=1 --build-arg CREATED=2026-11-25T00:00:00Z --build-arg PARENT=botyard-check/base:tag-base --build-arg REVISION=abc --build-arg SOURCE=https://example.org/deps --build-arg SOURCE_DATE_EPOCH=1795564800 images/deps",
		"builder 1 default",
		"image inspect --format {{.Id}} botyard-check/deps:tag-deps",
		"build --file images/bot/Dockerfile --tag botyard-check/bot:tag-bot --platform linux/amd64" +
			" --build-arg BUILDKIT_INLINE_CACHE=1 --build-arg CREATED=2026-11-25T00:00:00Z --build-arg MY_TOOL=botyard-check/my-tool:tag-my-tool --build-arg PARENT=botyard-check/deps:tag-deps --build-arg REVISION=abc --build-arg SOURCE=https://example.org/bot --build-arg SOURCE_DATE_EPOCH=1795564800 images/bot",
		"builder 1 default",
		"image inspect --format {{.Id}} botyard-check/bot:tag-bot",
	}, calls())
}

func TestABrokenLayerStopsOnlyThoseThatNeedIt(t *testing.T) {
	calls := world(t, "FAIL=base")
	results, out, err := build(t)
	require.EqualError(t, err, "1 of 4 layers cannot be built: base; not tried for want of them: deps, bot")
	assert.Equal(t, map[string]State{"base": Failed, "my-tool": Built, "deps": NotBuilt, "bot": NotBuilt}, states(results))
	assert.Contains(t, out, "deps: not built for want of base\nbot: not built for want of deps\n")
	assert.Contains(t, out, "base: failed after")
	assert.Contains(t, out, ":\n  step 13\n")
	assert.Contains(t, out, "  step 30\n  red\n  process \"/bin/sh -c false\" did not complete: exit code 1\n")
	assert.NotContains(t, out, "step 12\n", "20 lines, no more")
	log, err := os.ReadFile(results[0].Log)
	require.NoError(t, err)
	assert.Contains(t, string(log), "step 1\n")
	assert.False(t, slices.ContainsFunc(calls(), func(call string) bool { return strings.Contains(call, "--tag botyard-check/deps") }))
	assert.False(t, slices.ContainsFunc(calls(), func(call string) bool { return strings.HasPrefix(call, "push") }))
}

func TestAllBrokenLayersAreNamedAtOnce(t *testing.T) {
	world(t, "FAIL=deps my-tool")
	results, out, err := build(t)
	require.EqualError(t, err, "2 of 4 layers cannot be built: my-tool, deps; not tried for want of them: bot")
	assert.Contains(t, out, "bot: not built for want of deps and my-tool\n")
	var table strings.Builder
	results[0].Seconds, results[1].Seconds, results[2].Seconds = 12.34, 0.5, 100
	Table(&table, results)
	assert.Equal(t, "LAYER    SECONDS  RESULT\nbase     12.3     built\nmy-tool  0.5      failed\ndeps     100.0    failed\nbot      –        not built\n", table.String())
}

func TestWithoutThePluginTheOldBuilderIsUsedAndSaid(t *testing.T) {
	calls := world(t, "BUILDX=no")
	_, out, err := build(t)
	require.NoError(t, err)
	assert.Contains(t, calls(), "builder 0 default")
	assert.Contains(t, out, "The docker command has no buildx plugin: the engine's old builder is used, which knows less than BuildKit.\n")
}

func TestWithoutAnEngineItSaysSo(t *testing.T) {
	world(t)
	empty := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(empty, "docker"), []byte("#!/bin/sh\necho Cannot connect >&2\nexit 1\n"), 0o755))
	t.Setenv("PATH", empty)
	_, _, err := build(t)
	require.EqualError(t, err, "no Docker engine answers: docker image ls: exit status 1: Cannot connect; start it, or let make up do so")
}
