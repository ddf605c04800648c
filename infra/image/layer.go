package image

import (
	"path"
	"path/filepath"
	"strings"
)

// Layer is one image to build, as the stack's config declares it.
type Layer struct {
	// Name is the layer's own: other layers and services refer to it.
	Name string
	// Parent is another layer's name or a name of the outside base images.
	Parent string
	// Uses are other layers that it copies from, by name. Each one's digest is a build arg: see UseArg.
	Uses []string
	// Context is the build context's folder: a slash path below the graph's root or, with a Checkout, below that.
	Context string
	// Checkout is where the context comes from if it is no folder of the project; else nil.
	Checkout *Checkout
	// Dockerfile is the Dockerfile's slash path below Context. Empty means "Dockerfile".
	Dockerfile string
	// Args are the layer's own build args. Never a secret: they stay readable in the image.
	Args map[string]string
	// Platform is what to build for, such as linux/amd64. Empty leaves it to the builder.
	Platform string
	// MaxFileMiB is the size above which a file is refused; 0 means DefaultMaxFileMiB.
	MaxFileMiB int
	// Allow are patterns, as in .dockerignore, of files that may look like secrets, or lead out of the context, or have
	// Windows line endings.
	Allow []string
	// Warded tells that the layer copies the warden, which its image must start with then.
	Warded bool
}

// Checkout is a git repository's content at a commit, outside of the project and without git's own files.
type Checkout struct {
	// Name is how problems call it, such as https://github.com/acme/bot@master.
	Name string
	// Root is the folder with the content, and GitDir the one with git's data. Both are empty where it could not be had:
	// that is reported already, and nothing is said of the layer's content.
	Root, GitDir string
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
	// Content is a hash of a Checkout's files alone: 16 hexadecimal digits; else empty.
	Content string
	// Tag is a hash of everything that goes into the image: 16 hexadecimal digits.
	Tag string
	// Origin says which commit the content comes from. It is part of the tag, because it
	// ends up in the image's labels.
	Origin Origin
}

// Sources is the folder, below the graph's root, with a link to each checkout that images are built from.
const Sources = ".botyard/sources"

// Folder is the slash path, below the graph's root, of the folder that the image is built from. Of a checkout it names the
// content and not the commit, nor a folder of one machine's: it is among the image's inputs, and another one is a rebuild.
func (n Node) Folder() string {
	if n.Checkout == nil {
		return n.Context
	}
	return path.Join(n.Link(), filepath.Base(n.Checkout.Root), n.Context)
}

// Link is the link, below the graph's root, to the folder around a checkout's content. A link to the content itself would
// be the root of a walk, and walks do not follow that.
func (n Node) Link() string { return path.Join(Sources, n.Name+"-"+n.Content) }

// defaultDockerfile is what a layer without a Dockerfile setting builds from.
const defaultDockerfile = "Dockerfile"

// DefaultMaxFileMiB is the size from which a file does not belong in an image: above it, it is a model or a data set that
// would be built, pushed and pulled again with every change.
const DefaultMaxFileMiB = 50
