package image

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// findCycles reports each layer that is the first by name of a circle, with the shortest one
// through it: a circle is reported once, whichever layer one enters it by.
func findCycles(layers map[string]Layer) []*Problem {
	var problems []*Problem
	for _, name := range slices.Sorted(maps.Keys(layers)) {
		if path := shortestCycle(layers, name); path != nil {
			problems = append(problems, cycleProblem(layers, path))
		}
	}
	return problems
}

// shortestCycle is the shortest way from a layer back to it through layers that sort behind it.
func shortestCycle(layers map[string]Layer, start string) []string {
	from := map[string]string{}
	for queue := []string{start}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		for _, next := range needs(layers, at) {
			if next == start {
				if at == start && layers[start].Parent != start {
					continue // it uses itself: checkUses says so
				}
				return wayBack(from, at, start)
			}
			if _, seen := from[next]; !seen && next > start {
				from[next] = at
				queue = append(queue, next)
			}
		}
	}
	return nil
}

// wayBack is the way from start to at, as from tells it, and on to start again.
func wayBack(from map[string]string, at, start string) []string {
	path := []string{start}
	for ; at != start; at = from[at] {
		path = append(path, at)
	}
	path = append(path, start)
	slices.Reverse(path)
	return path
}

// cycleProblem blames the setting by which the first layer of the circle needs the second.
func cycleProblem(layers map[string]Layer, path []string) *Problem {
	first, way := layers[path[0]], strings.Join(path, " → ")
	problem := &Problem{Layer: path[0], Key: "parent"}
	if first.Parent != path[1] {
		problem.Key = useKey(slices.Index(first.Uses, path[1]))
	}
	for i, name := range path[:len(path)-1] {
		if layers[name].Parent != path[i+1] {
			problem.What = "the layers need each other in a circle of parents and uses: " + way
			problem.Do = "take one of the uses out"
			return problem
		}
	}
	problem.What = "the layers build on each other in a circle: " + way
	problem.Do = "let one of them build on a base image"
	return problem
}

// checkUses holds that a layer uses other layers, each once. Base images cannot be used: they
// have no digest of the fleet's own to hand over.
func checkUses(layers map[string]Layer, bases map[string]string) []*Problem {
	var problems []*Problem
	for name, layer := range layers {
		for i, used := range layer.Uses {
			_, isLayer := layers[used]
			_, isBase := bases[used]
			problem := &Problem{Layer: name, Key: useKey(i)}
			switch {
			case used == name:
				problem.What, problem.Do = "the layer uses itself", "remove it"
			case slices.Index(layer.Uses, used) < i:
				problem.What, problem.Do = fmt.Sprintf("%q is there twice", used), "remove one of them"
			case isLayer:
				continue
			case isBase:
				problem.What = fmt.Sprintf("%q is a base image, not a layer", used)
				problem.Do = fmt.Sprintf("declare a layer with the parent %q, and use that", used)
			default:
				problem.What, problem.Unknown = fmt.Sprintf("there is no layer %q", used), used
				problem.Do = "use one of the layers " + listed(slices.Sorted(maps.Keys(layers)))
			}
			problems = append(problems, problem)
		}
	}
	return problems
}

func useKey(index int) string { return fmt.Sprintf("uses[%d]", index) }
