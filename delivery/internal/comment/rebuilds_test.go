package comment

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"botyard/delivery/internal/digest"
	"botyard/infra/image"
)

// inputs are an image's.
func inputs(tag string, build map[string]any) map[string]any {
	return map[string]any{"imageName": "r:5000/x:" + tag, "build": build}
}

func built(parent, context string, more ...string) map[string]any {
	args := map[string]any{"PARENT": parent, "REVISION": "r", "WARDEN": "w"}
	build := map[string]any{"args": args, "contextDigest": context, "platform": "linux/amd64"}
	for i := 0; i+1 < len(more); i += 2 {
		if more[i] == "platform" {
			build["platform"] = more[i+1]
			continue
		}
		args[more[i]] = more[i+1]
	}
	return build
}

func TestWhyAnImageRebuilds(t *testing.T) {
	bot := image.Node{Layer: image.Layer{Name: "bot", Parent: "models", Uses: []string{"warden"}}}
	base := image.Node{Layer: image.Layer{Name: "bot", Parent: "python"}, Base: true}
	before := built("p", "c")
	for name, test := range map[string]struct {
		layer   image.Node
		after   map[string]any
		rebuilt []string
		want    []string
	}{
		"its files":                   {bot, built("p", "c2"), nil, []string{"its own files or Dockerfile"}},
		"its files and their commit":  {bot, built("p", "c2", "REVISION", "s"), nil, []string{"its own files or Dockerfile"}},
		"a commit without a change":   {bot, built("p", "c", "REVISION", "s"), nil, []string{"the commit in its labels"}},
		"its parent":                  {bot, built("unknown", "c"), []string{"models"}, []string{"because `models` rebuilds"}},
		"what it uses":                {bot, built("p", "c", "WARDEN", "unknown"), []string{"warden"}, []string{"because `warden` rebuilds"}},
		"all of it":                   {bot, built("u", "c2", "WARDEN", "u", "A", "1", "platform", "linux/arm64"), []string{"warden", "models"}, []string{"its own files or Dockerfile", "because `models` rebuilds", "because `warden` rebuilds", "build args: `A`", "its platform"}},
		"another base image":          {base, built("p2", "c"), nil, []string{"another parent"}},
		"build args":                  {bot, built("p", "c", "B", "1", "A", "2"), nil, []string{"build args: `A`, `B`"}},
		"nothing but the tag":         {bot, before, nil, []string{"its own files or Dockerfile"}},
		"without a graph, its parent": {image.Node{}, built("p2", "c"), nil, []string{"another parent"}},
	} {
		t.Run(name, func(t *testing.T) {
			all := map[string]digest.Change{}
			for _, layer := range test.rebuilt {
				all[layer] = digest.Change{}
			}
			change := digest.Change{Before: inputs("old", before), After: inputs("new", test.after)}
			assert.Equal(t, test.want, why(change, test.layer, all))
		})
	}
	from, to := strings.Repeat("0123456789", 4), strings.Repeat("abcdef0123", 4)
	moved := digest.Change{Before: inputs("old", built("p", "c", "REVISION", from)), After: inputs("new", built("p", "c2", "REVISION", to))}
	assert.Equal(t, []string{"its own files or Dockerfile (`0123456` → `abcdef0`)"}, why(moved, bot, nil))
	moved.After = inputs("new", built("p", "c", "REVISION", to+"+dirty"))
	assert.Equal(t, []string{"the commit in its labels (`0123456` → `abcdef0`)"}, why(moved, bot, nil))
	same := digest.Change{Before: inputs("t", before), After: inputs("t", before), Changed: []string{"registry.server"}}
	assert.Equal(t, []string{"its settings: `registry.server`"}, why(same, bot, nil))
	assert.Equal(t, []string{"a new layer"}, why(digest.Change{After: inputs("t", before)}, bot, nil))
}

func TestRebuildsComeInTheOrderOfTheBuild(t *testing.T) {
	var changes []digest.Change
	for _, name := range []string{"bot", "models", "gone", "new"} {
		op := digest.Update
		if name == "gone" {
			op = digest.Delete
		}
		changes = append(changes, digest.Change{Type: imageType, Name: name, Op: op})
	}
	for want, g := range map[string]*image.Graph{"models bot new ": graph(t), "bot models new ": nil} {
		got := ""
		for _, r := range rebuilds(changes, g) {
			got += r.layer + " "
		}
		assert.Equal(t, want, got)
	}
}

func TestTag(t *testing.T) {
	for name, want := range map[string]string{"r:5000/x:abc": "abc", "r:5000/x": "", "x": "", "": ""} {
		assert.Equal(t, want, tag(map[string]any{"imageName": name}), name)
	}
	assert.Empty(t, tag(map[string]any{"imageName": "[secret]"}))
}
