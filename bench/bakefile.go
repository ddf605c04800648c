package main

import (
	"encoding/json"
	"maps"

	"botyard/infra/image"
)

// bakeTarget is a target of a bake file. Source: Docker's "Bake file reference".
type bakeTarget struct {
	Context    string            `json:"context"`
	Dockerfile string            `json:"dockerfile"`
	Args       map[string]string `json:"args"`
	Platforms  []string          `json:"platforms,omitempty"`
	Tags       []string          `json:"tags"`
}

// bakeFile describes layers as targets of one group, with the build args that the program gives them.
func bakeFile(layers []image.Node, tag string) ([]byte, error) {
	type group struct {
		Targets []string `json:"targets"`
	}
	var all group
	targets := map[string]bakeTarget{}
	for _, layer := range layers {
		args := layer.BuildArgs()
		maps.Copy(args, references(layer, func(name string) string { return tagged(name, tag) }))
		target := bakeTarget{Context: layer.Context, Dockerfile: layer.Dockerfile, Args: args, Tags: []string{tagged(layer.Name, tag)}}
		if layer.Platform != "" {
			target.Platforms = []string{layer.Platform}
		}
		targets[layer.Name] = target
		all.Targets = append(all.Targets, layer.Name)
	}
	return json.MarshalIndent(map[string]any{"group": map[string]group{"default": all}, "target": targets}, "", "  ")
}
