package image

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// repository is the git checkout around a folder. Its root is empty outside of one, and where
// no git program is installed.
type repository struct {
	root       string
	gitDir     string   // git's data, where the checkout is without it: nobody changes that one; else empty
	submodules []string // slash paths below root
}

// repository is the one that a context is in: its checkout's, a submodule of the project, or the project.
func (c *content) repository(project *repository) (*repository, error) {
	if at := c.layer.Checkout; at != nil {
		found, err := newRepository(at.Root)
		if err == nil {
			found.gitDir = at.GitDir
		}
		return found, err
	}
	found, err := openRepository(c.dir)
	if err != nil || found.root == project.root {
		return project, err
	}
	// A folder would be a clone that somebody put there, of which this project's history knows nothing.
	if info, err := os.Lstat(filepath.Join(found.root, ".git")); err != nil || !info.Mode().IsRegular() {
		return project, nil
	}
	return found, nil
}

// checkSubmodules reports the submodules of the context that are empty: the project's, and those of the repository that it is in.
func (c *content) checkSubmodules(project, own *repository) {
	repositories, do := []*repository{own}, "run git submodule update --init --recursive"
	if c.layer.Checkout != nil {
		do = "remove submodules: false, or list it in .dockerignore"
	} else if own != project {
		repositories = append(repositories, project)
	}
	for _, repo := range repositories {
		for _, folder := range repo.emptySubmodules(c) {
			c.problem(folder, "is an empty submodule folder", do)
		}
	}
}

// openRepository finds the checkout that a folder is in.
func openRepository(dir string) (*repository, error) {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if absolute, err = filepath.EvalSymlinks(absolute); err != nil {
		return nil, err
	}
	for at := absolute; ; at = filepath.Dir(at) {
		// A file instead of a folder marks a worktree or a submodule.
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			return newRepository(at)
		}
		if at == filepath.Dir(at) {
			return &repository{}, nil
		}
	}
}

func newRepository(root string) (*repository, error) {
	if _, err := exec.LookPath("git"); err != nil {
		return &repository{}, nil
	}
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(root, ".gitmodules"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return &repository{root: root, submodules: submodulePaths(text)}, nil
}

// submodulePaths reads the path settings of a .gitmodules file.
func submodulePaths(text []byte) []string {
	var paths []string
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		key, value, ok := strings.Cut(string(line), "=")
		if !ok || strings.TrimSpace(key) != "path" {
			continue
		}
		value = strings.TrimSpace(value)
		if unquoted, err := strconv.Unquote(value); err == nil {
			value = unquoted
		}
		paths = append(paths, value)
	}
	return paths
}

// emptySubmodules are the submodules in a context (slash paths below it) that were never
// checked out: their folder is missing or empty.
func (r *repository) emptySubmodules(c *content) []string {
	var empty []string
	for _, module := range r.submodules {
		prefix, err := r.relative(c.dir)
		if err != nil || !within(module, prefix) && prefix != "." {
			continue
		}
		inside := strings.TrimPrefix(strings.TrimPrefix(module, prefix), "/")
		if inside != "" && c.ignore.ignores(inside) {
			continue
		}
		entries, err := os.ReadDir(filepath.Join(r.root, filepath.FromSlash(module)))
		if len(entries) == 0 && (err == nil || errors.Is(err, fs.ErrNotExist)) {
			empty = append(empty, inside)
		}
	}
	return empty
}

// cutOff tells a commit at which a shallow clone's history ends: it seems to add every file.
func (r *repository) cutOff(hash string) bool {
	out, err := r.git(context.Background(), "rev-parse", "--git-path", "shallow").Output()
	if err != nil {
		return false
	}
	name := strings.TrimSpace(string(out))
	if !filepath.IsAbs(name) {
		name = filepath.Join(r.root, name)
	}
	file, err := os.Open(name)
	if err != nil {
		return false // the file is there in a shallow clone only
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if lines.Text() == hash {
			return true
		}
	}
	return false
}

// empty tells a repository without a commit, in which git log fails.
func (r *repository) empty(ctx context.Context) bool {
	return r.git(ctx, "rev-parse", "--verify", "--quiet", "HEAD").Run() != nil
}
