package config

import (
	"fmt"
	"path"
	"slices"

	"botyard/infra/image"
)

// defaultWarden is the warden's layer where botyard:warden does not name another.
const defaultWarden = "warden"

// checkWarden reports singletons that would run without a lease. It comes after the image
// graph, which knows what the images start with.
func checkWarden(c *Config, r *report) {
	if c.Warden != "" {
		r.oneOf(at("", "warden"), "image", c.Warden, Names(c.Images))
	}
	if _, ok := c.Images[c.Warden]; c.Warden != "" && !ok || r.broken(at("", "warden")) {
		return // what the services lack then is that
	}
	for name, service := range c.Services {
		if service.Singleton && c.sound(service.Image, r) && !c.Warded(service.Image) {
			r.add(at(at(at("", "services"), name), "image"),
				fmt.Sprintf("%q does not start with the warden, without which nothing keeps a second copy of a singleton from running", service.Image),
				c.howToWard(service.Image))
		}
	}
}

// Warded tells that a layer's image starts with the warden: the layer or one beneath it copies
// the warden, and the last ENTRYPOINT of them all is the warden's.
func (c *Config) Warded(layer string) bool {
	if !c.copiesWarden(layer) || c.Graph == nil { // without a graph another problem is reported, perhaps this one
		return c.copiesWarden(layer)
	}
	node, _ := c.Graph.Node(layer)
	return slices.Equal(node.EntryPoint, []string{image.Warden})
}

// copiesWarden tells that a layer or one beneath it uses the warden.
func (c *Config) copiesWarden(layer string) bool {
	return slices.ContainsFunc(c.lineage(layer), func(name string) bool { return c.usesWarden(c.Images[name]) })
}

// usesWarden tells that a layer itself uses the warden.
func (c *Config) usesWarden(layer Image) bool {
	return c.Warden != "" && slices.Contains(layer.Uses, c.Warden)
}

// lineage is a layer and those beneath it; it ends at the base image, or where a circle closes.
func (c *Config) lineage(layer string) []string {
	var names []string
	for {
		if _, ok := c.Images[layer]; !ok || slices.Contains(names, layer) {
			return names
		}
		names = append(names, layer)
		layer = c.Images[layer].Parent
	}
}

// sound tells that a layer stands on a base image, and that it and those beneath it use layers
// that are there: else something is reported already, and what it starts with is not known.
func (c *Config) sound(layer string, r *report) bool {
	names := c.lineage(layer)
	for _, name := range names {
		unknown := func(used string) bool { _, ok := c.Images[used]; return !ok }
		if r.broken(at(at("", "images"), name)) || slices.ContainsFunc(c.Images[name].Uses, unknown) {
			return false
		}
	}
	if len(names) == 0 {
		return false
	}
	_, ok := c.BaseImages[c.Images[names[len(names)-1]].Parent]
	return ok
}

// howToWard says what makes a layer's image start with the warden.
func (c *Config) howToWard(layer string) string {
	declared := c.Images[layer]
	start := fmt.Sprintf("make ENTRYPOINT [%q] the last one of %s", image.Warden, path.Join(declared.Context, declared.Dockerfile))
	uses := at(at(at("", "images"), layer), "uses")
	switch {
	case c.Warden == "":
		return fmt.Sprintf("declare the layer %q as Pulumi.prod.yaml does, add it to %s, and %s", defaultWarden, uses, start)
	case c.copiesWarden(layer):
		return start
	default:
		return fmt.Sprintf("add %q to %s, and %s", c.Warden, uses, start)
	}
}
