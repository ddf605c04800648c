package image

import (
	"errors"
	"slices"
)

// Graph is the layers of a stack, checked, in the order in which they are built.
type Graph struct {
	nodes []Node
	index map[string]int
}

// NewGraph orders layers, checks the context of each and works out their tags. Root is the
// folder that the contexts are below; bases are the outside base images' references by name.
// On error the graph is nil and the error joins every *Problem found.
func NewGraph(root string, layers []Layer, bases map[string]string) (*Graph, error) {
	order, problems := sortLayers(layers, bases)
	contexts, found, err := readContexts(root, layers)
	if err != nil {
		return nil, err
	}
	problems = append(problems, found...)
	if len(problems) > 0 {
		return nil, errors.Join(inOrder(problems)...)
	}
	g := &Graph{index: map[string]int{}}
	for _, layer := range order {
		g.add(layer, bases, contexts[layer.Name])
	}
	return g, nil
}

// add appends a layer whose parent is there already.
func (g *Graph) add(layer Layer, bases map[string]string, content *content) {
	node := Node{Layer: layer, Origin: content.origin}
	beneath := ""
	if at, ok := g.index[layer.Parent]; ok {
		parent := &g.nodes[at]
		parent.Children = append(parent.Children, layer.Name)
		slices.Sort(parent.Children)
		beneath = parent.Tag
	} else {
		node.Base, node.OutsideBase = true, bases[layer.Parent]
		beneath = node.OutsideBase
	}
	node.Tag = tag(layer, beneath, content)
	g.index[layer.Name] = len(g.nodes)
	g.nodes = append(g.nodes, node)
}

// Layers are all layers, by the number of layers beneath them and then by name: parents come first.
func (g *Graph) Layers() []Node { return slices.Clone(g.nodes) }

// Node is the layer of that name.
func (g *Graph) Node(name string) (Node, bool) {
	at, ok := g.index[name]
	if !ok {
		return Node{}, false
	}
	return g.nodes[at], true
}

// Descendants are the names of all layers built on the named one, directly or not, sorted:
// what a change of it rebuilds besides itself.
func (g *Graph) Descendants(name string) []string {
	var below []string
	node, _ := g.Node(name)
	for _, child := range node.Children {
		below = append(append(below, child), g.Descendants(child)...)
	}
	slices.Sort(below)
	return below
}
