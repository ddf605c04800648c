package images

import (
	"maps"
	"path"
	"slices"

	"botyard/infra/image"
)

// Reference is the local name of a layer's image. It names no registry, so that it can be pushed nowhere by mistake.
func Reference(layer image.Node) string { return "botyard-check/" + layer.Name + ":" + layer.Tag }

// buildArgs are the build args that the program gives a layer (infra/platform/builds.go), with local names in the places
// of digests. references are the layers built so far, by name.
func buildArgs(layer image.Node, references map[string]string) map[string]string {
	args := layer.BuildArgs()
	args[image.ParentArg] = layer.OutsideBase
	if !layer.Base {
		args[image.ParentArg] = references[layer.Parent]
	}
	for _, name := range layer.Uses {
		args[image.UseArg(name)] = references[name]
	}
	return args
}

// words are the arguments of the docker command that builds a layer.
func words(layer image.Node, references map[string]string) []string {
	list := []string{"build", "--file", path.Join(layer.Folder(), layer.Dockerfile), "--tag", Reference(layer)}
	if layer.Platform != "" {
		list = append(list, "--platform", layer.Platform)
	}
	args := buildArgs(layer, references)
	for _, name := range slices.Sorted(maps.Keys(args)) {
		list = append(list, "--build-arg", name+"="+args[name])
	}
	return append(list, layer.Folder())
}
