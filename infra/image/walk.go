package image

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// content is what one layer's context holds once .dockerignore is applied.
type content struct {
	layer  Layer
	dir    string // the context's folder on this machine
	files  []entry
	ignore *ignore
	allow  *ignore           // the files that Allow lets through
	cases  map[string]string // paths by themselves in lower case
	starts []string          // names of files that the Dockerfile starts
	origin Origin
	stages []stage // of the Dockerfile
	found  []*Problem
}

// entry is a file or symbolic link of a context.
type entry struct {
	path       string // slash path below the context
	executable bool
	link       string // a symbolic link's target
	size       int64  // bytes
	digest     [32]byte
}

// problem notes something wrong with a file of the context.
func (c *content) problem(file, what, do string) {
	c.found = append(c.found, &Problem{
		Layer: c.layer.Name, File: c.name(file), What: what, Do: do,
	})
}

// name is how problems call a path of the context.
func (c *content) name(file string) string {
	name := path.Join(c.layer.Context, file)
	if c.layer.Checkout != nil {
		return name + " of " + c.layer.Checkout.Name
	}
	return name
}

// walk lists the context. Empty folders do not count: git does not keep them either, so that
// two clones of one commit would get different tags.
func (c *content) walk() error {
	return filepath.WalkDir(c.dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(c.dir, file)
		if err != nil || relative == "." {
			return err
		}
		return c.visit(filepath.ToSlash(relative), d)
	})
}

func (c *content) visit(name string, d fs.DirEntry) error {
	ignored, err := c.ignore.walked(name, d.IsDir())
	if err != nil {
		return err
	}
	if ignored && name != c.layer.Dockerfile {
		if d.IsDir() && c.ignore.prunes() && !within(c.layer.Dockerfile, name) {
			return fs.SkipDir
		}
		return nil
	}
	c.checkCase(name)
	if d.IsDir() {
		if d.Name() != ".git" {
			return nil
		}
		c.problem(name, "is git's own folder, which every git command changes and which holds the whole history", "list .git in .dockerignore")
		return fs.SkipDir
	}
	return c.addFile(name, d)
}

func (c *content) addFile(name string, d fs.DirEntry) error {
	info, err := d.Info()
	if err != nil {
		return err
	}
	found := entry{path: name, executable: info.Mode()&0o111 != 0, size: info.Size()}
	switch {
	case info.Mode().IsRegular():
	case info.Mode()&fs.ModeSymlink != 0:
		found.executable = false // a link's own mode differs between systems and means nothing
		if found.link, err = os.Readlink(filepath.Join(c.dir, filepath.FromSlash(name))); err != nil {
			return err
		}
		if leaves(name, found.link) {
			c.note(name, &finding{mayBe: true, what: fmt.Sprintf("is a link to %s, which is not in the context", found.link),
				do: "put there what it leads to, or list it in .dockerignore" + orAllow})
		}
	default:
		c.problem(name, fmt.Sprintf("is no file but a %s, which cannot be in an image", kind(info.Mode())), "remove it, or list it in .dockerignore")
		return nil
	}
	c.files = append(c.files, found)
	return nil
}

// checkCase reports a path that differs from another one in capitals alone: on a file system that knows no such difference,
// as those of macOS and Windows, a checkout has one of them only, and builds another image.
func (c *content) checkCase(name string) {
	lower := strings.ToLower(name)
	first, there := c.cases[lower]
	if !there {
		c.cases[lower] = name
	} else if path.Dir(first) == path.Dir(name) { // else their folders differ, and are reported
		c.problem(name, fmt.Sprintf("differs from %s in capitals alone, and macOS and Windows keep only one of them", path.Base(first)), "rename one of them")
	}
}

func kind(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSocket != 0:
		return "socket"
	case mode&fs.ModeNamedPipe != 0:
		return "named pipe"
	default:
		return "device"
	}
}

// within tells whether a slash path is the folder or lies below it.
func within(name, folder string) bool {
	return name == folder || len(name) > len(folder) && name[:len(folder)] == folder && name[len(folder)] == '/'
}
