package contract

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"botyard/toolchain/plugin-aws/surface"
)

// Compare lists where the plugin (got) and the SDK (want) part, one line each, sorted: the token, whether in or out, the property's path, and
// what is different.
func Compare(want, got surface.Package) []string {
	c := &comparison{}
	c.fields("provider config", "", want.Config, got.Config)
	c.members(want.Resources, got.Resources)
	c.members(want.Functions, got.Functions)
	slices.Sort(c.lines)
	return c.lines
}

type comparison struct{ lines []string }

func (c *comparison) note(where, path, format string, args ...any) {
	c.lines = append(c.lines, strings.TrimSpace(where+" "+path)+": "+fmt.Sprintf(format, args...))
}

func (c *comparison) members(want, got map[string]surface.Member) {
	for token := range union(want, got) {
		w, inSDK := want[token]
		g, inPlugin := got[token]
		switch {
		case !inPlugin:
			c.note(token, "", "the plugin does not serve it")
		case !inSDK:
			c.note(token, "", "the SDK does not know it")
		default:
			c.fields(token+" in", "", w.Inputs, g.Inputs)
			c.fields(token+" out", "", w.Outputs, withoutID(g.Outputs, w.Outputs))
		}
	}
}

// withoutID drops the id that every Terraform type has and that the SDK keeps outside the properties.
func withoutID(got, want surface.Fields) surface.Fields {
	if _, declared := want["id"]; declared {
		return got
	}
	got = maps.Clone(got)
	delete(got, "id")
	return got
}

func (c *comparison) fields(where, path string, want, got surface.Fields) {
	for name := range union(want, got) {
		w, inSDK := want[name]
		g, inPlugin := got[name]
		at := path + name
		switch {
		case !inPlugin:
			c.note(where, at, "the plugin lacks it")
		case !inSDK:
			c.note(where, at, "the SDK lacks it")
		default:
			c.property(where, at, w, g)
		}
	}
}

func (c *comparison) property(where, path string, want, got surface.Property) {
	// What may be left out shows in a Go type only where nil is not itself a value: not for lists, maps and interfaces.
	if in := !strings.HasSuffix(where, " out"); in && want.Elem == nil && want.Kind != "any" {
		switch {
		case got.Required && !want.Required:
			c.note(where, path, "the plugin requires it, the SDK does not")
		case want.Required && !got.Required:
			c.note(where, path, "the SDK requires it, the plugin does not")
		}
	}
	if want.Secret && !got.Secret {
		c.note(where, path, "the SDK keeps it secret, the plugin does not")
	}
	switch {
	case want.Kind == "any" && got.Kind == "string":
		// the SDK takes a resource or a document as well as a string
	case want.Kind != got.Kind:
		c.note(where, path, "%s in the plugin, %s in the SDK", kindOf(got), kindOf(want))
	case want.Kind == "object":
		c.fields(where, path+".", want.Fields, got.Fields)
	case want.Elem != nil:
		c.property(where, path+"[]", *want.Elem, *got.Elem)
	}
}

func kindOf(p surface.Property) string {
	if p.Elem != nil {
		return p.Kind + " of " + kindOf(*p.Elem)
	}
	return p.Kind
}

func union[V any](a, b map[string]V) map[string]bool {
	all := map[string]bool{}
	for k := range a {
		all[k] = true
	}
	for k := range b {
		all[k] = true
	}
	return all
}
