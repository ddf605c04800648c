package image

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// sortLayers puts parents and used layers before those that need them, and otherwise sorts by name.
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
	problems = append(problems, checkUses(byName, bases)...)
	problems = append(problems, findCycles(byName)...)
	return byDepth(byName), problems
}

func withDefaults(layer Layer) Layer {
	layer.Dockerfile = cmp.Or(layer.Dockerfile, defaultDockerfile)
	layer.MaxFileMiB = cmp.Or(layer.MaxFileMiB, DefaultMaxFileMiB)
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

// byDepth sorts by the longest way down to an outside base image, then by name: a stable order
// in which parents and used layers come first. It is meaningless for layers in a cycle, which
// are refused anyway.
func byDepth(layers map[string]Layer) []Layer {
	depths := map[string]int{}
	var depth func(name string) int
	depth = func(name string) int {
		if known, ok := depths[name]; ok {
			return known
		}
		depths[name] = 0 // ends the way round a cycle
		deepest := 0
		for _, below := range needs(layers, name) {
			deepest = max(deepest, 1+depth(below))
		}
		depths[name] = deepest
		return deepest
	}
	return slices.SortedFunc(maps.Values(layers), func(a, b Layer) int {
		return cmp.Or(cmp.Compare(depth(a.Name), depth(b.Name)), cmp.Compare(a.Name, b.Name))
	})
}

// needs are the layers that must be there before the named one is built: its parent, if that
// is a layer, and what it uses.
func needs(layers map[string]Layer, name string) []string {
	var below []string
	for _, each := range append([]string{layers[name].Parent}, layers[name].Uses...) {
		if _, ok := layers[each]; ok {
			below = append(below, each)
		}
	}
	return below
}
