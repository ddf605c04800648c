package image

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// finding is what is wrong with a file, and what to do about it.
type finding struct {
	what, do string
	// mayBe tells that it can be meant so: a path under the layer's Allow passes.
	mayBe bool
}

// orAllow ends what to do about what may be meant so.
const orAllow = " (or, if it is meant so, list the file under allow)"

// note reports a finding, unless the layer allows it.
func (c *content) note(file string, f *finding) {
	if f.mayBe && c.allow.ignores(file) {
		return
	}
	c.problem(file, f.what, f.do)
}

// limit is the size of a file in bytes from which it is refused.
func (c *content) limit() int64 { return int64(c.layer.MaxFileMiB) << 20 }

func (c *content) tooLarge(e *entry) *finding {
	return &finding{
		what: fmt.Sprintf("has %.1f MiB, over the limit of %d MiB", float64(e.size)/(1<<20), c.layer.MaxFileMiB),
		do:   "keep models and data in a bucket, list it in .dockerignore, or raise maxFileMiB",
	}
}

// lfsHeader starts every git-LFS pointer, which is shorter than lfsMaxBytes.
// Source: git-lfs/git-lfs, docs/spec.md.
var lfsHeader = []byte("version https://git-lfs.github.com/spec/v1\n")

const lfsMaxBytes = 1024

// inspect looks at a file's name and its beginning.
func (c *content) inspect(e *entry, head []byte) *finding {
	if len(head) < lfsMaxBytes && bytes.HasPrefix(head, lfsHeader) {
		do := "run git lfs pull"
		if c.layer.Checkout != nil {
			do = "set lfs: fetch, or list it in .dockerignore"
		}
		return &finding{what: "is a git-LFS pointer, not the file itself", do: do}
	}
	if kind := secretFile(e.path); kind != "" {
		return &finding{what: "is " + kind, do: "list it in .dockerignore, and hand its values to the service as secrets" + orAllow, mayBe: true}
	}
	if name, line := findSecret(head); name != "" {
		return &finding{what: fmt.Sprintf("line %d holds what looks like %s", line, name), mayBe: true,
			do: "take it out, revoke it if it was ever shared, and hand it to the service as a secret (a line with gitleaks:allow is let through, and so are files under allow)"}
	}
	if line := c.windowsLine(e.path, head); line > 0 {
		return &finding{what: fmt.Sprintf("line %d of this script ends as on Windows (CR LF), so that it does not start on Linux", line), mayBe: true,
			do: "save it with LF alone, and put *.sh text eol=lf into .gitattributes" + orAllow}
	}
	return nil
}

// shell is the first line of a shell's script, which takes a CR anywhere for a part of a word.
var shell = regexp.MustCompile(`^#![ \t]*(?:\S*/)?(?:env[ \t]+(?:-\S+[ \t]+)*)?(?:\S*/)?(?:ba|da|a|k|z)?sh\b`)

// windowsLine is the first line that ends in CR LF of a script that this stops, counted from 1; 0 where there is none. Of a
// script of another program than a shell just the first line counts, which the kernel reads.
func (c *content) windowsLine(name string, head []byte) int {
	first, _, _ := bytes.Cut(head, []byte("\n"))
	script := bytes.HasPrefix(head, []byte("#!"))
	if script && bytes.HasSuffix(first, []byte("\r")) {
		return 1
	}
	named := path.Ext(name) == "" && slices.Contains(c.starts, path.Base(name)) && bytes.IndexByte(head, 0) < 0
	if !named && path.Ext(name) != ".sh" && !(script && shell.Match(first)) {
		return 0
	}
	if at := bytes.Index(head, []byte("\r\n")); at >= 0 {
		return lineOf(head, at)
	}
	return 0
}

// startedFiles are the names of what a Dockerfile's ENTRYPOINT and CMD name, without folders.
func startedFiles(stages []stage) []string {
	var names []string
	for _, s := range stages {
		for _, word := range slices.Concat(s.entry, s.command) {
			for part := range strings.FieldsSeq(word) {
				names = append(names, path.Base(part))
			}
		}
	}
	return names
}

// leaves says where a link leads if that is not in the context.
func leaves(name, target string) bool {
	inside := path.Join(path.Dir(name), target)
	return path.IsAbs(target) || inside == ".." || strings.HasPrefix(inside, "../")
}
