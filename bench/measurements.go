package main

import (
	"fmt"
	"slices"
	"strings"
)

// measurement is one thing to measure, by itself or after those before it; it leaves the copy of the checkout as it was.
type measurement struct {
	name, about string
	take        func(*yard, *table) error
}

// coldStart is the one that needs nothing deployed.
const coldStart = "cold"

// measurements are all, in the order in which they are taken.
func measurements() []measurement {
	return []measurement{
		{coldStart, "the first up of a machine with empty caches", (*yard).measureCold},
		{"up", "up, nothing to change", (*yard).measureUp},
		{"line", "one line changed in the bot, until it answers", (*yard).measureLine},
		{"preview", "preview of prod", (*yard).measurePreview},
		{"line-build", "the build of that line, against all layers by docker build --no-cache", (*yard).measureLineBuild},
		{"serve", "that line until it answers, against docker build, push and run of the bot", (*yard).measureServe},
		{"bake", "all layers built anew, against docker buildx bake", (*yard).measureBake},
		{"empty", "pulumi up with nothing to change, against that of an empty program", (*yard).measureEmpty},
		{"fresh", "that line on an engine that has built nothing, against a warm one", (*yard).measureFresh},
		{"dev", "an edit until it answers, under make dev", (*yard).measureDev},
		{"silence", "how long the bot says nothing at its deploy", (*yard).measureSilence},
		// The last: an update after it would have to delete forty repositories with images in them, which ECR refuses.
		{"forty", "which of 40 layers in 5 levels are built after a change of one", (*yard).measureForty},
	}
}

// choose gives the measurements to take; all but the cold start, unless they are named.
func choose(cold bool, only string) ([]measurement, error) {
	all := measurements()
	if only == "" {
		return slices.DeleteFunc(all, func(m measurement) bool { return m.name == coldStart && !cold }), nil
	}
	names := strings.Split(only, ",")
	for _, name := range names {
		if !slices.ContainsFunc(all, func(m measurement) bool { return m.name == name }) {
			return nil, fmt.Errorf("there is no measurement %q; use some of\n%s", name, describe())
		}
	}
	return slices.DeleteFunc(all, func(m measurement) bool { return !slices.Contains(names, m.name) }), nil
}

func describe() string {
	var lines []string
	for _, each := range measurements() {
		lines = append(lines, fmt.Sprintf("  %-10s %s", each.name, each.about))
	}
	return strings.Join(lines, "\n")
}

// resultsFile is where the table goes: one of some measurements leaves that of all alone.
func resultsFile(only string) string {
	if only == "" {
		return "bench/results/latest.txt"
	}
	return "bench/results/" + strings.ReplaceAll(only, ",", "-") + ".txt"
}
