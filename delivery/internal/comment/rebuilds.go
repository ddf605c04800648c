package comment

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"botyard/delivery/internal/digest"
	"botyard/infra/image"
)

// imageType is the type of a layer's image.
const imageType = "docker:index/image:Image"

// rebuild is a layer that will be built, and why.
type rebuild struct {
	layer         string
	before, after string // tags; "" for none
	why           []string
}

// rebuilds are the layers whose images differ, in the order in which they are built. Without a graph they are sorted by
// name, and what a layer is built on is not named.
func rebuilds(changes []digest.Change, graph *image.Graph) []rebuild {
	built := map[string]digest.Change{}
	for _, c := range changes {
		if c.Type == imageType && c.Op != digest.Delete {
			built[c.Name] = c
		}
	}
	var list []rebuild
	for _, name := range order(built, graph) {
		r := rebuild{layer: name, before: tag(built[name].Before), after: tag(built[name].After)}
		r.why = why(built[name], node(graph, name), built)
		list = append(list, r)
	}
	return list
}

func order(built map[string]digest.Change, graph *image.Graph) []string {
	var names []string
	if graph != nil {
		for _, layer := range graph.Layers() {
			if _, ok := built[layer.Name]; ok {
				names = append(names, layer.Name)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(built)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func node(graph *image.Graph, name string) image.Node {
	if graph == nil {
		return image.Node{}
	}
	found, _ := graph.Node(name)
	return found
}

// why are the reasons, as far as the inputs tell them: the layer's own files have a digest among them, and what it is built
// on and copies from comes in build args.
func why(c digest.Change, layer image.Node, built map[string]digest.Change) []string {
	if c.Before == nil {
		return []string{"a new layer"}
	}
	was, is := flat(c.Before), flat(c.After)
	differs := func(key string) bool { return was[key] != is[key] }
	var reasons []string
	if differs("build.contextDigest") || differs("build.context") || differs("build.dockerfile") {
		reasons = append(reasons, "its own files or Dockerfile"+commits(was, is))
	}
	explained := map[string]bool{"PARENT": true}
	for _, need := range append([]string{layer.Parent}, layer.Uses...) {
		if _, rebuilt := built[need]; rebuilt {
			reasons = append(reasons, fmt.Sprintf("because %s rebuilds", code(need)))
		}
		explained[image.UseArg(need)] = true
	}
	if (layer.Base || layer.Name == "") && differs("build.args.PARENT") {
		reasons = append(reasons, "another parent")
	}
	reasons = append(reasons, others(was, is, explained)...)
	if len(reasons) == 0 && tag(c.Before) != tag(c.After) {
		return []string{"its own files or Dockerfile"} // without a digest of the context among the inputs
	}
	if len(reasons) == 0 {
		return []string{"its settings: " + names(c.Changed)}
	}
	return reasons
}

// others are the reasons that are neither files nor other layers.
func others(was, is map[string]string, explained map[string]bool) []string {
	var args, labelled, reasons []string
	for key := range union(was, is) {
		name, isArg := strings.CutPrefix(key, "build.args.")
		switch {
		case !isArg || explained[name] || was[key] == is[key]:
		case slices.Contains(image.LabelArgs, name):
			labelled = append(labelled, name)
		default:
			args = append(args, name)
		}
	}
	if len(args) > 0 {
		slices.Sort(args)
		reasons = append(reasons, "build args: "+names(args))
	}
	if was["build.platform"] != is["build.platform"] {
		reasons = append(reasons, "its platform")
	}
	if len(labelled) > 0 && was["build.contextDigest"] == is["build.contextDigest"] {
		reasons = append(reasons, "the commit in its labels"+commits(was, is))
	}
	return reasons
}

var commitForm = regexp.MustCompile(`^[0-9a-f]{40}(\+dirty)?$`)

// commits says from which commit to which the code went: of a layer in another repository nothing else here tells it.
func commits(was, is map[string]string) string {
	const key = "build.args.REVISION"
	if was[key] == is[key] || !commitForm.MatchString(was[key]) || !commitForm.MatchString(is[key]) {
		return ""
	}
	return fmt.Sprintf(" (%s → %s)", code(was[key][:7]), code(is[key][:7]))
}

// flat is nested inputs by path. It tells whether they differ; none of it is shown but a tag.
func flat(inputs map[string]any) map[string]string {
	all := map[string]string{}
	var walk func(prefix string, value any)
	walk = func(prefix string, value any) {
		nested, ok := value.(map[string]any)
		if !ok {
			all[prefix] = fmt.Sprint(value)
			return
		}
		for key, each := range nested {
			walk(strings.TrimPrefix(prefix+"."+key, "."), each)
		}
	}
	walk("", inputs)
	return all
}

func union(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// tag is what follows the image's name; "" where it is not known or secret.
func tag(inputs map[string]any) string {
	name, _ := inputs["imageName"].(string)
	at := strings.LastIndex(name, ":")
	if at < 0 || strings.Contains(name[at:], "/") {
		return ""
	}
	return name[at+1:]
}
