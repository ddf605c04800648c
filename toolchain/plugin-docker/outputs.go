package main

import (
	"path/filepath"
)

// inputsKey is where the published plugin keeps a resource's inputs in its state, and reads them from to find differences.
// They are kept there too, secret as a whole, so that a stack may change between the two.
const inputsKey = "__inputs"

// outputsOf makes the resource's outputs. repoDigest is a string, or unknown.
func outputsOf(in *imageInputs, repoDigest any) map[string]any {
	out := map[string]any{
		"imageName":      in.output("imageName", in.imageName),
		"baseImageName":  in.output("imageName", in.imageName),
		"repoDigest":     repoDigest,
		"context":        in.output("build.context", in.build.context),
		"dockerfile":     in.output("build.dockerfile", dockerfileWithin(in)),
		"platform":       in.output("build.platform", in.build.platform),
		"registryServer": in.output("registry.server", in.registry.server),
	}
	if text, known := repoDigest.(string); known {
		out["repoDigest"] = in.output("imageName", text)
	}
	return out
}

// output gives a value that was made from the input at path: unknown or secret where the input is.
func (in *imageInputs) output(path, value string) any {
	var out any = value
	if !in.known(path) {
		out = unknown{}
	}
	if in.hidden(path) {
		out = secret{out}
	}
	return out
}

// dockerfileWithin is the Dockerfile's path relative to the context, as the published plugin gives it out.
func dockerfileWithin(in *imageInputs) string {
	contextDir, err := filepath.Abs(in.build.context)
	if err != nil {
		return in.build.dockerfile
	}
	dockerfile, err := filepath.Abs(in.build.dockerfile)
	if err != nil {
		return in.build.dockerfile
	}
	relative, err := filepath.Rel(contextDir, dockerfile)
	if err != nil {
		return in.build.dockerfile
	}
	return filepath.ToSlash(relative)
}

// oldInputs finds the inputs of the last update: as the engine sends them, or as the published plugin keeps them.
func oldInputs(sent, state map[string]any) map[string]any {
	if len(sent) > 0 {
		return sent
	}
	if kept, ok := reveal(state[inputsKey]).(map[string]any); ok {
		return kept
	}
	return state
}
