package image

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// sortLayers puts parents before children, and otherwise sorts by name.
func sortLayers(layers []Layer, bases map[string]string) ([]Layer, []*Problem) {
	byName := map[string]Layer{}
	var problems []*Problem
	for _, layer := range layers {
		if _, twice := byName[layer.Name]; twice {
			problems = append(problems, &Problem{Layer: layer.Name,
				What: "is declared twice", Do: "give each layer a name of its own"})
		}
		byName[layer.Name] = withDefaults(layer)
	}
	problems = append(problems, checkParents(byName, bases)...)
	problems = append(problems, findCycles(byName)...)
	return byDepth(byName), problems
}

func withDefaults(layer Layer) Layer {
	layer.Dockerfile = cmp.Or(layer.Dockerfile, defaultDockerfile)
	return layer
}

func checkParents(layers map[string]Layer, bases map[string]string) []*Problem {
	var problems []*Problem
	for name, layer := range layers {
		_, isLayer := layers[layer.Parent]
		_, isBase := bases[layer.Parent]
		if !isLayer && !isBase {
			problems = append(problems, &Problem{Layer: name, Key: "parent",
				What: fmt.Sprintf("there is no layer or base image %q", layer.Parent),
				Do:   candidates(layers, bases)})
		}
		if _, clash := bases[name]; clash {
			problems = append(problems, &Problem{Layer: name,
				What: "has the name of a base image", Do: "rename one of them, so that a parent's name means one thing"})
		}
	}
	return problems
}

func candidates(layers map[string]Layer, bases map[string]string) string {
	return fmt.Sprintf("use one of the layers (%s) or base images (%s)",
		listed(slices.Sorted(maps.Keys(layers))), listed(slices.Sorted(maps.Keys(bases))))
}

func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// findCycles reports each cycle once, at the layer whose name sorts first. A layer has one
// parent, so following parents from a layer meets every cycle that the layer is part of.
func findCycles(layers map[string]Layer) []*Problem {
	var problems []*Problem
	for name := range layers {
		path := []string{name}
		for next := layers[name].Parent; ; next = layers[next].Parent {
			layer, ok := layers[next]
			path = append(path, next)
			if next == name && slices.Min(path) == name {
				problems = append(problems, &Problem{Layer: name, Key: "parent",
					What: "the layers build on each other in a circle: " + strings.Join(path, " → "),
					Do:   "let one of them build on a base image"})
			}
			if !ok || layer.Name == name || len(path) > len(layers) {
				break
			}
		}
	}
	return problems
}

// byDepth sorts by the distance from the outside base image, then by name: a stable order in
// which parents come first. It is meaningless for layers in a cycle, which are refused anyway.
func byDepth(layers map[string]Layer) []Layer {
	depth := func(layer Layer) int {
		n := 0
		for next, ok := layers[layer.Parent]; ok && n <= len(layers); next, ok = layers[next.Parent] {
			n++
		}
		return n
	}
	return slices.SortedFunc(maps.Values(layers), func(a, b Layer) int {
		return cmp.Or(cmp.Compare(depth(a), depth(b)), cmp.Compare(a.Name, b.Name))
	})
}
