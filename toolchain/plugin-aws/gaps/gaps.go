// Package gaps lists where this plugin, built on version 5.68 of the Terraform provider, parts from the published one of the same name: mostly
// properties that came later. The contract test holds the list complete and free of what is no longer so.
package gaps

import (
	_ "embed"
	"strings"
)

//go:embed gaps.txt
var text string

// All are the list's lines, as the contract test words them.
func All() []string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines
}

// Lacking answers, by token, the top-level inputs that the SDK offers and this plugin lacks.
func Lacking() map[string][]string {
	lacking := map[string][]string{}
	for _, line := range All() {
		place, what, _ := strings.Cut(line, ": ")
		token, property, ok := strings.Cut(place, " in ")
		if ok && what == "the plugin lacks it" && !strings.ContainsAny(property, ".[") {
			lacking[token] = append(lacking[token], property)
		}
	}
	return lacking
}
