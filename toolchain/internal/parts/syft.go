package parts

import "botyard/toolchain/internal/clone"

// SyftVersion is the version of syft. go.mod of toolchain/sbom names the same, as a test holds: the newest that any Go 1.26
// compiles, since later ones ask for a release of it.
const SyftVersion = "1.44.0"

// Syft lists the packages in an image. It is compiled when somebody asks for an SBOM, and no sooner.
func Syft(c clone.Clone) (Part, error) {
	return goTool{
		name: "syft", title: "syft, which lists an image's packages (some minutes, once)", module: "sbom", binary: "syft",
		target: "github.com/anchore/syft/cmd/syft", ldflags: "-X main.version=" + SyftVersion,
	}.part(c)
}
