package image

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTagOfKnownContent holds that a tag never changes by itself: it would rebuild every image
// of every fleet. A deliberate change of its meaning changes tagVersion and these values.
func TestTagOfKnownContent(t *testing.T) {
	root, layers, bases := fleet(t)
	layers[0].Args = map[string]string{"A": "1"}
	layers[0].Platform = "linux/arm64"
	require.NoError(t, os.Symlink("bot.py", filepath.Join(root, "images/bot/main.py")))
	require.NoError(t, os.Chmod(filepath.Join(root, "images/bot/bot.py"), 0o755))
	assert.Equal(t, map[string]string{
		"base": "082c16a4d3387211", "deps": "95ba0016cca1250b", "api": "9ea67fa7162fda40", "bot": "907141f3f8a29452",
	}, tags(graph(t, root, layers, bases)))
}

// TestTagFollowsContent changes one thing after the other and holds exactly which tags change.
func TestTagFollowsContent(t *testing.T) {
	all := []string{"api", "base", "bot", "deps"}
	file := func(name string) func(*testing.T, string, []Layer, map[string]string) {
		return func(t *testing.T, root string, _ []Layer, _ map[string]string) { write(t, root, name, "new\n") }
	}
	for name, test := range map[string]struct {
		change func(t *testing.T, root string, layers []Layer, bases map[string]string)
		want   []string
	}{
		"nothing":                {func(*testing.T, string, []Layer, map[string]string) {}, nil},
		"a file's content":       {file("images/bot/bot.py"), []string{"bot"}},
		"a new file":             {file("images/bot/new.py"), []string{"bot"}},
		"a file in a folder":     {file("images/deps/a/b"), []string{"api", "bot", "deps"}},
		"the Dockerfile":         {file("images/base/Dockerfile"), all},
		"a file elsewhere":       {file("images/README.md"), nil},
		"an empty folder":        {file("images/bot/new/"), nil},
		"an ignored file":        {file("images/bot/notes.txt"), nil},
		"the ignored dockerfile": {file("images/api/Dockerfile"), []string{"api"}},
		"the executable bit": {func(t *testing.T, root string, _ []Layer, _ map[string]string) {
			require.NoError(t, os.Chmod(filepath.Join(root, "images/bot/bot.py"), 0o755))
		}, []string{"bot"}},
		"another permission": {func(t *testing.T, root string, _ []Layer, _ map[string]string) {
			require.NoError(t, os.Chmod(filepath.Join(root, "images/bot/bot.py"), 0o600))
		}, nil},
		"the time of a file": {func(t *testing.T, root string, _ []Layer, _ map[string]string) {
			write(t, root, "images/bot/bot.py", "print()\n")
		}, nil},
		"a link's target": {func(t *testing.T, root string, _ []Layer, _ map[string]string) {
			link := filepath.Join(root, "images/bot/link")
			require.NoError(t, os.Remove(link))
			require.NoError(t, os.Symlink("gone", link))
		}, []string{"bot"}},
		"an arg":     {func(_ *testing.T, _ string, l []Layer, _ map[string]string) { l[0].Args = map[string]string{"A": "1"} }, []string{"bot"}},
		"a platform": {func(_ *testing.T, _ string, l []Layer, _ map[string]string) { l[1].Platform = "linux/arm64" }, []string{"api", "bot", "deps"}},
		"a parent":   {func(_ *testing.T, _ string, l []Layer, _ map[string]string) { l[0].Parent = "base" }, []string{"bot"}},
		"a dockerfile": {func(t *testing.T, root string, l []Layer, _ map[string]string) {
			write(t, root, "images/bot/Other", "FROM x\n")
			l[0].Dockerfile = "Other"
		}, []string{"bot"}},
		"the outside base": {func(_ *testing.T, _ string, _ []Layer, b map[string]string) {
			b["python"] = "docker.io/library/python@sha256:bb"
		}, all},
		"an unused base": {func(_ *testing.T, _ string, _ []Layer, b map[string]string) { b["go"] = "x" }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			root, layers, bases := fleet(t)
			write(t, root, "images/bot/.dockerignore", "*.txt\n")
			write(t, root, "images/bot/notes.txt", "old\n")
			write(t, root, "images/api/.dockerignore", "Dockerfile\n")
			require.NoError(t, os.Symlink("bot.py", filepath.Join(root, "images/bot/link")))
			before := tags(graph(t, root, layers, bases))
			test.change(t, root, layers, bases)
			var changed []string
			for name, tag := range tags(graph(t, root, layers, bases)) {
				if before[name] != tag {
					changed = append(changed, name)
				}
			}
			slices.Sort(changed)
			assert.Equal(t, test.want, changed)
		})
	}
}

func TestTagDoesNotDependOnWhereTheProjectIs(t *testing.T) {
	root, layers, bases := fleet(t)
	other, _, _ := fleet(t)
	assert.Equal(t, tags(graph(t, root, layers, bases)), tags(graph(t, other, layers, bases)))
	slices.Reverse(layers)
	assert.Equal(t, tags(graph(t, root, layers, bases)), tags(graph(t, other, layers, bases)))
}

// TestTagFieldsDoNotRunIntoEachOther holds that moving text from one field to the next is seen.
func TestTagFieldsDoNotRunIntoEachOther(t *testing.T) {
	seen := map[string]string{}
	for name, args := range map[string]map[string]string{
		"one": {"A": `1" "B" "2`}, "two": {"A": "1", "B": "2"}, "three": {`A" "1`: `B" "2`}, "none": {},
	} {
		root, layers, bases := fleet(t)
		layers[0].Args = args
		seen[tags(graph(t, root, layers, bases))["bot"]] = name
	}
	assert.Len(t, slices.Collect(maps.Keys(seen)), 4)
}

// TestTagOfALongFile holds that the part of a file that is not looked at for secrets counts too.
func TestTagOfALongFile(t *testing.T) {
	root, layers, bases := fleet(t)
	text := strings.Repeat("x", 2*headBytes)
	write(t, root, "images/bot/long", text)
	before := tags(graph(t, root, layers, bases))["bot"]
	write(t, root, "images/bot/long", text[1:]+"y")
	assert.NotEqual(t, before, tags(graph(t, root, layers, bases))["bot"])
}
