package image

// Layer is one image to build, as the stack's config declares it.
type Layer struct {
	// Name is the layer's own: other layers and services refer to it.
	Name string
	// Parent is another layer's name or a name of the outside base images.
	Parent string
	// Context is the build context's folder: a slash path below the graph's root.
	Context string
	// Dockerfile is the Dockerfile's slash path below Context. Empty means "Dockerfile".
	Dockerfile string
	// Args are the layer's own build args. Never a secret: they stay readable in the image.
	Args map[string]string
	// Platform is what to build for, such as linux/amd64. Empty leaves it to the builder.
	Platform string
}

// Node is a layer with what is known of it before it is built.
type Node struct {
	Layer
	// Base tells that the parent is an outside base image; OutsideBase is its reference then.
	Base        bool
	OutsideBase string
	// Children are the names of the layers built directly on this one, sorted.
	Children []string
	// Tag is a hash of everything that goes into the image: 16 hexadecimal digits.
	Tag string
	// Origin says which commit the content comes from. It is part of the tag, because it
	// ends up in the image's labels.
	Origin Origin
}

// defaultDockerfile is what a layer without a Dockerfile setting builds from.
const defaultDockerfile = "Dockerfile"
