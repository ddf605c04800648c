package image

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
)

// tagVersion changes when the meaning of a tag does, so that no old image passes for a new one.
const tagVersion = "botyard image 2"

// tag hashes all that decides what a build makes: the context's files (path, content or link
// target, executable bit: what git keeps of a file, so that clones agree), the Dockerfile's
// place, args, platform, origin (it is in the labels), what the layer is built on (the parent's
// tag or the outside base image's reference), and the tags of the layers that it uses.
func tag(layer Layer, beneath string, used map[string]string, c *content) string {
	sum := sha256.New()
	// Each field is quoted, so that no two different lists of fields read the same.
	write := func(format string, values ...any) { fmt.Fprintf(sum, format+"\n", values...) }
	write("%s", tagVersion)
	write("beneath %q", beneath)
	write("dockerfile %q platform %q", layer.Dockerfile, layer.Platform)
	write("origin %q %q %q", c.origin.Source, c.origin.Revision, c.origin.Created)
	for _, name := range slices.Sorted(maps.Keys(layer.Args)) {
		write("arg %q %q", name, layer.Args[name])
	}
	for _, name := range slices.Sorted(maps.Keys(used)) {
		write("uses %q %q", name, used[name])
	}
	c.write(sum)
	return short(sum)
}

// digest hashes the context's files alone.
func (c *content) digest() string {
	sum := sha256.New()
	c.write(sum)
	return short(sum)
}

func short(sum hash.Hash) string { return hex.EncodeToString(sum.Sum(nil))[:16] }

func (c *content) write(sum io.Writer) {
	slices.SortFunc(c.files, func(a, b entry) int { return cmp.Compare(a.path, b.path) })
	for _, file := range c.files {
		file.write(sum)
	}
}

func (e *entry) write(sum io.Writer) {
	if e.link != "" {
		fmt.Fprintf(sum, "link %q %q\n", e.path, e.link)
		return
	}
	fmt.Fprintf(sum, "file %q %t %x\n", e.path, e.executable, e.digest)
}
