// Package gaps lists where this plugin, built on version 5.68 of the Terraform provider, parts from the published one of the same name: mostly
// properties that came later. The contract test holds the list complete and free of what is no longer so.
package gaps

import (
	_ "embed"
	"fmt"
	"slices"
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

// Lacking answers, by token, the top-level inputs that the SDK offers, this plugin lacks, and an emulator can do without. A name is never one:
// a thing without the name that the program gave it would be another thing.
func Lacking() map[string][]string {
	lacking := map[string][]string{}
	for _, line := range All() {
		place, what, _ := strings.Cut(line, ": ")
		token, property, ok := strings.Cut(place, " in ")
		if ok && what == "the plugin lacks it" && property != "name" && !strings.ContainsAny(property, ".[") {
			lacking[token] = append(lacking[token], property)
		}
	}
	return lacking
}

// Refuse decides about inputs that a resource sets although this plugin lacks them. On an emulator it is well without them, so that they may be
// left out: the answer is nil. On AWS they would silently not happen, so there the first of them is an error that says what to do.
func Refuse(token string, lacking, set []string, emulated bool) error {
	if emulated {
		return nil
	}
	for _, property := range lacking {
		if slices.Contains(set, property) {
			return fmt.Errorf("%s sets %s, which this build of the AWS plugin does not know: deploy to AWS with the published plugin "+
				"(pulumi plugin install resource aws), or leave the property out", token, property)
		}
	}
	return nil
}
