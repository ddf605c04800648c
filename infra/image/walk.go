package image

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// content is what one layer's context holds once .dockerignore is applied.
type content struct {
	layer  Layer
	dir    string // the context's folder on this machine
	files  []entry
	ignore *ignore
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
		Layer: c.layer.Name, File: path.Join(c.layer.Context, file), What: what, Do: do,
	})
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
	default:
		c.problem(name, fmt.Sprintf("is no file but a %s, which cannot be in an image", kind(info.Mode())), "remove it, or list it in .dockerignore")
		return nil
	}
	c.files = append(c.files, found)
	return nil
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
