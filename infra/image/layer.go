package image

import "strings"

// Layer is one image to build, as the stack's config declares it.
type Layer struct {
	// Name is the layer's own: other layers and services refer to it.
	Name string
	// Parent is another layer's name or a name of the outside base images.
	Parent string
	// Uses are other layers that it copies from, by name. Each one's digest is a build arg: see UseArg.
	Uses []string
	// Context is the build context's folder: a slash path below the graph's root.
	Context string
	// Dockerfile is the Dockerfile's slash path below Context. Empty means "Dockerfile".
	Dockerfile string
	// Args are the layer's own build args. Never a secret: they stay readable in the image.
	Args map[string]string
	// Platform is what to build for, such as linux/amd64. Empty leaves it to the builder.
	Platform string
	// Warded tells that the layer copies the warden, which its image must start with then.
	Warded bool
}

// UseArg is the build arg in which a layer gets the digest of a layer that it uses: "warden"
// comes as WARDEN, "chart-tools" as CHART_TOOLS.
func UseArg(layer string) string {
	return strings.ToUpper(strings.ReplaceAll(layer, "-", "_"))
}

// Node is a layer with what is known of it before it is built.
type Node struct {
	Layer
	// Base tells that the parent is an outside base image; OutsideBase is its reference then.
	Base        bool
	OutsideBase string
	// Children are the names of the layers built directly on this one, sorted.
	Children []string
	// Users are the names of the layers that use this one, sorted.
	Users []string
	// EntryPoint is what the image starts, as the Dockerfile says or, through it, the parent's;
	// nil when neither does, which leaves it to the outside base image.
	EntryPoint []string
	// Tag is a hash of everything that goes into the image: 16 hexadecimal digits.
	Tag string
	// Origin says which commit the content comes from. It is part of the tag, because it
	// ends up in the image's labels.
	Origin Origin
}

// defaultDockerfile is what a layer without a Dockerfile setting builds from.
const defaultDockerfile = "Dockerfile"
