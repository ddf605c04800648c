package image

import (
	"errors"
	"maps"
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

// add appends a layer; its parent and what it uses are there already.
func (g *Graph) add(layer Layer, bases map[string]string, content *content) {
	node := Node{Layer: layer, Origin: content.origin}
	beneath, inherited := "", false
	node.EntryPoint, inherited = entryPoint(content.stages)
	if at, ok := g.index[layer.Parent]; ok {
		parent := &g.nodes[at]
		parent.Children = append(parent.Children, layer.Name)
		slices.Sort(parent.Children)
		beneath = parent.Tag
		if inherited {
			node.EntryPoint = parent.EntryPoint
		}
	} else {
		node.Base, node.OutsideBase = true, bases[layer.Parent]
		beneath = node.OutsideBase
	}
	used := map[string]string{}
	for _, name := range layer.Uses {
		at := &g.nodes[g.index[name]]
		at.Users = append(at.Users, layer.Name)
		slices.Sort(at.Users)
		used[name] = at.Tag
	}
	node.Tag = tag(layer, beneath, used, content)
	if layer.Checkout != nil {
		node.Content = content.digest()
	}
	g.index[layer.Name] = len(g.nodes)
	g.nodes = append(g.nodes, node)
}

// Layers are all layers, by the number of layers beneath them (the longest way down) and then
// by name: parents and used layers come first.
func (g *Graph) Layers() []Node { return slices.Clone(g.nodes) }

// Node is the layer of that name.
func (g *Graph) Node(name string) (Node, bool) {
	at, ok := g.index[name]
	if !ok {
		return Node{}, false
	}
	return g.nodes[at], true
}

// Descendants are the names of all layers that are built on the named one or use it, directly
// or not, sorted: what a change of it rebuilds besides itself.
func (g *Graph) Descendants(name string) []string {
	found := map[string]bool{}
	var visit func(string)
	visit = func(name string) {
		node, _ := g.Node(name)
		for _, next := range slices.Concat(node.Children, node.Users) {
			if !found[next] {
				found[next] = true
				visit(next)
			}
		}
	}
	visit(name)
	return slices.Sorted(maps.Keys(found))
}
