package image

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"

	"golang.org/x/sync/errgroup"
)

// maxFilesNamed is how many bad files of one layer are named one by one: a checkout in which
// git-LFS never ran has thousands, and the first ones say it.
const maxFilesNamed = 20

// readContexts lists, checks and hashes every layer's context. Problems are about what the
// layers contain; the error is about this machine (a file that cannot be read).
func readContexts(root string, layers []Layer) (map[string]*content, []*Problem, error) {
	repo, err := openRepository(root)
	if err != nil {
		return nil, nil, err
	}
	contents := make([]*content, len(layers))
	var walks errgroup.Group
	for i, layer := range layers {
		contents[i] = &content{layer: withDefaults(layer)}
		walks.Go(func() error { return contents[i].open(root, repo) })
	}
	if err := walks.Wait(); err != nil {
		return nil, nil, err
	}
	if err := readFiles(contents); err != nil {
		return nil, nil, err
	}
	byName := map[string]*content{}
	var problems []*Problem
	for _, c := range contents {
		c.checkEntryPoint()
		byName[c.layer.Name] = c
		problems = append(problems, c.shorten()...)
	}
	return byName, problems, nil
}

// open finds the context, lists its files and asks git where it comes from.
func (c *content) open(root string, repo *repository) error {
	if !c.check(root) {
		return nil
	}
	var err error
	if c.ignore, err = readIgnore(c.dir, c.layer.Dockerfile); err != nil {
		c.problem(".dockerignore", "cannot be understood: "+err.Error(), "write it as the Dockerfile reference says")
		return nil
	}
	if err := c.walk(); err != nil {
		return fmt.Errorf("reading the context of layer %s: %w", c.layer.Name, err)
	}
	if err := c.readDockerfile(); err != nil {
		return fmt.Errorf("reading the Dockerfile of layer %s: %w", c.layer.Name, err)
	}
	for _, folder := range repo.emptySubmodules(c) {
		c.problem(folder, "is an empty submodule folder", "run git submodule update --init --recursive")
	}
	c.origin, err = repo.origin(context.Background(), c.dir, c.inImage)
	if err != nil {
		return fmt.Errorf("asking git about the context of layer %s: %w", c.layer.Name, err)
	}
	return nil
}

// inImage tells whether a path (below the context) goes into the image or decides about it.
func (c *content) inImage(name string) bool {
	return name == c.layer.Dockerfile || !c.ignore.ignores(name)
}

// check tells whether the context's folder and Dockerfile are there and inside the root.
func (c *content) check(root string) bool {
	note := func(key, file, what, do string) bool {
		c.found = append(c.found, &Problem{Layer: c.layer.Name, Key: key, File: file, What: what, Do: do})
		return false
	}
	folder, dockerfile := c.layer.Context, c.layer.Dockerfile
	if !filepath.IsLocal(filepath.FromSlash(folder)) || path.Clean(folder) != folder {
		return note("context", "", fmt.Sprintf("%q is no folder of this project", folder), "give a relative path such as images/bot")
	}
	c.dir = filepath.Join(root, filepath.FromSlash(folder))
	if info, err := os.Stat(c.dir); err != nil || !info.IsDir() {
		return note("context", "", fmt.Sprintf("there is no folder %s", folder), "create it with a Dockerfile in it, or correct the path")
	}
	if !filepath.IsLocal(filepath.FromSlash(dockerfile)) || path.Clean(dockerfile) != dockerfile {
		return note("dockerfile", "", fmt.Sprintf("%q is no file of the context", dockerfile), "give a path below the context such as Dockerfile")
	}
	info, err := os.Lstat(filepath.Join(c.dir, filepath.FromSlash(dockerfile)))
	if err != nil {
		return note("dockerfile", "", fmt.Sprintf("there is no file %s", path.Join(folder, dockerfile)), "write it, or correct the path")
	}
	if !info.Mode().IsRegular() { // what a link leads to would not be part of the tag
		return note("dockerfile", "", fmt.Sprintf("%s is no regular file", path.Join(folder, dockerfile)), "put the Dockerfile itself there, not a folder or a link")
	}
	return true
}

// shorten keeps a layer's first problems and says how many more there are.
func (c *content) shorten() []*Problem {
	slices.SortFunc(c.found, func(a, b *Problem) int { return cmp.Compare(a.place(), b.place()) })
	if rest := len(c.found) - maxFilesNamed; rest > 1 {
		last := &Problem{Layer: c.layer.Name, What: fmt.Sprintf("%d more files are refused", rest), Do: "mend the ones named first"}
		return append(c.found[:maxFilesNamed:maxFilesNamed], last)
	}
	return c.found
}
