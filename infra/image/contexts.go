package image

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

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
		contents[i] = &content{layer: withDefaults(layer), cases: map[string]string{}}
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
func (c *content) open(root string, project *repository) error {
	if at := c.layer.Checkout; at != nil {
		if at.Root == "" {
			return nil
		}
		root = at.Root
	}
	if !c.check(root) {
		return nil
	}
	repo, err := c.repository(project)
	if err != nil {
		return err
	}
	if c.ignore, err = readIgnore(c.dir, c.layer.Dockerfile); err != nil {
		c.problem(".dockerignore", "cannot be understood: "+err.Error(), "write it as the Dockerfile reference says")
		return nil
	}
	if c.allow, err = newIgnore(c.layer.Allow); err != nil {
		c.found = append(c.found, &Problem{Layer: c.layer.Name, Key: "allow", What: "cannot be understood: " + err.Error(), Do: "write patterns as in .dockerignore"})
		return nil
	}
	if err := c.walk(); err != nil {
		return fmt.Errorf("reading the context of layer %s: %w", c.layer.Name, err)
	}
	if err := c.readDockerfile(); err != nil {
		return fmt.Errorf("reading the Dockerfile of layer %s: %w", c.layer.Name, err)
	}
	c.checkSubmodules(project, repo)
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
	note := func(key, what, do string) bool {
		c.found = append(c.found, &Problem{Layer: c.layer.Name, Key: key, What: what, Do: do})
		return false
	}
	key, whose := "context", "this project"
	if c.layer.Checkout != nil {
		key, whose = "git.path", c.layer.Checkout.Name
	}
	folder, dockerfile := c.layer.Context, c.layer.Dockerfile
	if !filepath.IsLocal(filepath.FromSlash(folder)) || path.Clean(folder) != folder {
		return note(key, fmt.Sprintf("%q is no folder of %s", folder, whose), "give a relative path such as images/bot")
	}
	c.dir = filepath.Join(root, filepath.FromSlash(folder))
	if info, err := os.Stat(c.dir); err != nil || !info.IsDir() {
		return note(key, fmt.Sprintf("there is no folder %s", c.name("")), "create it with a Dockerfile in it, or correct the path")
	}
	if !filepath.IsLocal(filepath.FromSlash(dockerfile)) || path.Clean(dockerfile) != dockerfile {
		return note("dockerfile", fmt.Sprintf("%q is no file of the context", dockerfile), "give a path below the context such as Dockerfile")
	}
	info, err := os.Lstat(filepath.Join(c.dir, filepath.FromSlash(dockerfile)))
	if err != nil {
		return note("dockerfile", fmt.Sprintf("there is no file %s", c.name(dockerfile)), "write it, or correct the path")
	}
	if !info.Mode().IsRegular() { // what a link leads to would not be part of the tag
		return note("dockerfile", fmt.Sprintf("%s is no regular file", c.name(dockerfile)), "put the Dockerfile itself there, not a folder or a link")
	}
	// Others than this project's people may have pushed the link.
	if c.layer.Checkout != nil && linked(root, path.Join(folder, path.Dir(dockerfile))) {
		return note(key, fmt.Sprintf("%s is reached by a link, which can lead out of the repository", c.name(dockerfile)), "give the path of the folder itself")
	}
	return true
}

// linked tells that a folder below root (a slash path) is reached by a link on the way.
func linked(root, folder string) bool {
	at := root
	for part := range strings.SplitSeq(folder, "/") {
		at = filepath.Join(at, part)
		if info, err := os.Lstat(at); err == nil && info.Mode()&os.ModeSymlink != 0 {
			return true
		}
	}
	return false
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
