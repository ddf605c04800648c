package image

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// warded is fleet with a warden that bot and api use; its name sorts last, so that only what
// needs it puts it first.
func warded(t *testing.T) (root string, layers []Layer, bases map[string]string) {
	t.Helper()
	root, layers, bases = fleet(t)
	write(t, root, "images/warden/Dockerfile", "FROM x\n")
	bases["go"] = "docker.io/library/golang@sha256:cc"
	layers = append(layers, Layer{Name: "warden", Parent: "go", Context: "images/warden"})
	layers[0].Uses, layers[3].Uses = []string{"warden"}, []string{"warden"}
	return root, layers, bases
}

func TestUsedLayersComeFirst(t *testing.T) {
	root, layers, bases := warded(t)
	layers[4].Parent = "api" // four deep: the longest way down counts, not the parents alone
	layers[3].Uses = nil
	var names []string
	for _, node := range graph(t, root, layers, bases).Layers() {
		names = append(names, node.Name)
	}
	assert.Equal(t, []string{"base", "deps", "api", "warden", "bot"}, names)
}

func TestWhatAChangeRebuildsIncludesUsers(t *testing.T) {
	root, layers, bases := warded(t)
	layers = append(layers, Layer{Name: "child", Parent: "bot", Uses: []string{"base"}, Context: "images/bot"})
	g := graph(t, root, layers, bases)
	assert.Equal(t, []string{"api", "bot", "child"}, g.Descendants("warden"))
	assert.Equal(t, []string{"api", "bot", "child", "deps"}, g.Descendants("base"), "each once")
	warden, _ := g.Node("warden")
	assert.Equal(t, []string{"api", "bot"}, warden.Users)
	assert.Empty(t, warden.Children)
}

func TestTagCoversUsedLayers(t *testing.T) {
	root, layers, bases := warded(t)
	before := tags(graph(t, root, layers, bases))
	write(t, root, "images/warden/main.go", "package main\n")
	after := tags(graph(t, root, layers, bases))
	assert.NotEqual(t, before["warden"], after["warden"])
	assert.NotEqual(t, before["bot"], after["bot"])
	assert.NotEqual(t, before["api"], after["api"])
	assert.Equal(t, before["deps"], after["deps"])

	write(t, root, "images/tool/Dockerfile", "FROM x\n")
	layers = append(layers, Layer{Name: "tool", Parent: "go", Context: "images/tool"})
	layers[0].Uses = []string{"warden", "tool"}
	both := tags(graph(t, root, layers, bases))
	assert.NotEqual(t, after["bot"], both["bot"])
	layers[0].Uses = []string{"tool", "warden"}
	assert.Equal(t, both, tags(graph(t, root, layers, bases)), "the order of uses makes no other image")
}

// TestTagOfKnownUse holds that uses are hashed as they were when these images were built;
// TestTagOfKnownContent holds that a layer without them has the tag that it always had.
func TestTagOfKnownUse(t *testing.T) {
	root, layers, bases := warded(t)
	assert.Equal(t, map[string]string{
		"base": "082c16a4d3387211", "deps": "95ba0016cca1250b",
		"api": "ab90b4a7951b7d49", "bot": "4d40119eae570348", "warden": "c6feea807f73f9aa",
	}, tags(graph(t, root, layers, bases)))
}

func TestUsesErrors(t *testing.T) {
	root := project(t, map[string]string{"a/Dockerfile": "FROM x\n"})
	at := func(name, parent string, uses ...string) Layer {
		return Layer{Name: name, Parent: parent, Uses: uses, Context: "a"}
	}
	bases := map[string]string{"python": "p", "go": "g"}
	for name, test := range map[string]struct {
		layers []Layer
		want   string
	}{
		"unknown": {[]Layer{at("a", "python", "b", "wardne"), at("b", "go")},
			`layer a: uses[1]: there is no layer "wardne"; use one of the layers a, b`},
		"itself": {[]Layer{at("a", "python", "a")},
			`layer a: uses[0]: the layer uses itself; remove it`},
		"twice": {[]Layer{at("a", "python", "b", "b"), at("b", "go")},
			`layer a: uses[1]: "b" is there twice; remove one of them`},
		"a base image": {[]Layer{at("a", "python", "go")},
			`layer a: uses[0]: "go" is a base image, not a layer; declare a layer with the parent "go", and use that`},
		"circle of uses": {[]Layer{at("a", "python", "b"), at("b", "go", "c"), at("c", "go", "a")},
			`layer a: uses[0]: the layers need each other in a circle of parents and uses: a → b → c → a; take one of the uses out`},
		"circle of a parent and a use": {[]Layer{at("a", "python", "d"), at("c", "a"), at("d", "c")},
			`layer a: uses[0]: the layers need each other in a circle of parents and uses: a → d → c → a; take one of the uses out`},
		"circle that begins with a parent": {[]Layer{at("a", "c"), at("c", "python", "a"), at("b", "a")},
			`layer a: parent: the layers need each other in a circle of parents and uses: a → c → a; take one of the uses out`},
		"two circles through one layer": {[]Layer{at("a", "python", "b", "c"), at("b", "a"), at("c", "python", "d"), at("d", "c")},
			"layer a: uses[0]: the layers need each other in a circle of parents and uses: a → b → a; take one of the uses out\n" +
				`layer c: uses[0]: the layers need each other in a circle of parents and uses: c → d → c; take one of the uses out`},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := NewGraph(root, test.layers, bases)
			assert.Nil(t, g)
			assert.EqualError(t, err, test.want)
		})
	}
}

func TestUnknownUsesNameWhatIsNotThere(t *testing.T) {
	root := project(t, map[string]string{"a/Dockerfile": "FROM x\n"})
	_, err := NewGraph(root, []Layer{{Name: "a", Parent: "p", Uses: []string{"wardne"}, Context: "a"}}, map[string]string{"p": "p"})
	var problem *Problem
	require.ErrorAs(t, err, &problem)
	assert.Equal(t, "wardne", problem.Unknown)
}

func TestUseArg(t *testing.T) {
	assert.Equal(t, "WARDEN", UseArg("warden"))
	assert.Equal(t, "CHART_TOOLS_2", UseArg("chart-tools-2"))
}
