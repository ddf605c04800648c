package image

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLayersComeInBuildOrder(t *testing.T) {
	root, layers, bases := fleet(t)
	g := graph(t, root, layers, bases)
	var names []string
	for _, node := range g.Layers() {
		names = append(names, node.Name)
	}
	assert.Equal(t, []string{"base", "deps", "api", "bot"}, names)
	assert.Equal(t, []string{"api", "bot", "deps"}, g.Descendants("base"))
	assert.Empty(t, g.Descendants("bot"))
	assert.Empty(t, g.Descendants("no such layer"))
}

func TestNodesKnowParentAndChildren(t *testing.T) {
	root, layers, bases := fleet(t)
	g := graph(t, root, layers, bases)
	base, ok := g.Node("base")
	require.True(t, ok)
	assert.True(t, base.Base)
	assert.Equal(t, "docker.io/library/python@sha256:aa", base.OutsideBase)
	assert.Equal(t, []string{"deps"}, base.Children)
	assert.Equal(t, "Dockerfile", base.Dockerfile)
	assert.Equal(t, unknownOrigin, base.Origin)
	deps, _ := g.Node("deps")
	assert.False(t, deps.Base)
	assert.Empty(t, deps.OutsideBase)
	assert.Equal(t, []string{"api", "bot"}, deps.Children)
	_, ok = g.Node("python")
	assert.False(t, ok)
}

func TestStructureErrors(t *testing.T) {
	root := project(t, map[string]string{"a/Dockerfile": "FROM x\n"})
	at := func(name, parent string) Layer { return Layer{Name: name, Parent: parent, Context: "a"} }
	bases := map[string]string{"python": "p"}
	for name, test := range map[string]struct {
		layers []Layer
		want   string
	}{
		"unknown parent": {[]Layer{at("a", "pyton"), at("b", "a")},
			`layer a: parent: there is no layer or base image "pyton"; use one of the layers (a, b) or base images (python)`},
		"itself": {[]Layer{at("a", "a")},
			`layer a: parent: the layers build on each other in a circle: a → a; let one of them build on a base image`},
		"cycle of two, once": {[]Layer{at("b", "a"), at("a", "b")},
			`layer a: parent: the layers build on each other in a circle: a → b → a; let one of them build on a base image`},
		"layer that leads into a cycle": {[]Layer{at("a", "c"), at("b", "c"), at("c", "b")},
			`layer b: parent: the layers build on each other in a circle: b → c → b; let one of them build on a base image`},
		"name twice": {[]Layer{at("a", "python"), at("a", "python")},
			`layer a: is declared twice; give each layer a name of its own`},
		"name of a base image": {[]Layer{at("python", "python")},
			"layer python: has the name of a base image; rename one of them, so that a parent's name means one thing\n" +
				`layer python: parent: the layers build on each other in a circle: python → python; let one of them build on a base image`},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := NewGraph(root, test.layers, bases)
			assert.Nil(t, g)
			assert.EqualError(t, err, test.want)
		})
	}
}

func TestStructureAndContentErrorsComeTogether(t *testing.T) {
	root := project(t, map[string]string{"a/": ""})
	_, err := NewGraph(root, []Layer{{Name: "a", Parent: "b", Context: "a"}, {Name: "c", Parent: "a", Context: "c"}}, nil)
	assert.EqualError(t, err, `layer a: dockerfile: there is no file a/Dockerfile; write it, or correct the path
layer a: parent: there is no layer or base image "b"; use one of the layers (a, c) or base images (none)
layer c: context: there is no folder c; create it with a Dockerfile in it, or correct the path`)
	var problem *Problem
	require.ErrorAs(t, err, &problem)
	assert.Equal(t, "a", problem.Layer)
}
