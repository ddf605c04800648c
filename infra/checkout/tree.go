package checkout

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Tree is the content of a repository at one commit, in a folder of this machine that nobody changes.
type Tree struct {
	// Name is the repository and ref, as messages call it.
	Name string
	// Commit is what the ref means, in 40 hexadecimal digits.
	Commit string
	// entry is the cache's folder: files in tree, git's data in git, and the list of submodules.
	entry   string
	modules map[string]string // git folders below entry by the submodules' paths below tree
}

// The parts of a cache entry.
const (
	filesFolder = "tree"
	gitFolder   = "git"
	modulesFile = "modules.json"
)

// Find is where a slash path of the tree lies: in the repository itself or, below one of its submodules, in that. Root is
// that repository's folder, gitDir git's data of it, and rest the path below root.
func (t *Tree) Find(name string) (root, gitDir, rest string) {
	module, data := ".", gitFolder
	for folder, dir := range t.modules {
		inside := name == folder || strings.HasPrefix(name, folder+"/")
		if inside && (module == "." || len(folder) > len(module)) {
			module, data = folder, dir
		}
	}
	rest = name
	if module != "." {
		rest = path.Clean(strings.TrimPrefix(strings.TrimPrefix(name, module), "/"))
	}
	return filepath.Join(t.entry, filesFolder, filepath.FromSlash(module)), filepath.Join(t.entry, filepath.FromSlash(data)), rest
}

// variant tells trees of one commit apart.
func variant(r Repository) string {
	var name string
	if r.Submodules {
		name += "-modules"
	}
	if r.LFS {
		name += "-lfs"
	}
	return name
}

var unsafe = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// folder is the cache's folder of an address: a name that people recognize and a hash that is no other's.
func folder(address string) string {
	sum := sha256.Sum256([]byte(address))
	name := strings.TrimSuffix(path.Base(strings.TrimRight(address, "/")), ".git")
	return unsafe.ReplaceAllString(name, "-") + "-" + hex.EncodeToString(sum[:6])
}

// at is where the content at a commit is, if it is there.
func at(cache string, r Repository, commit string) *Tree {
	return &Tree{Commit: commit, entry: filepath.Join(cache, folder(r.URL), commit+variant(r))}
}

// tree is the content at a commit, fetched unless it is there. It is made in a folder of its own and moved to its place when
// it is whole: who is killed leaves nothing that passes for one, and of two at once the first one's is taken.
func (g git) tree(ctx context.Context, cache string, ref resolved) (*Tree, error) {
	home := filepath.Join(cache, folder(g.repository.URL))
	t := at(cache, g.repository, ref.commit)
	if t.open() == nil {
		return t, nil
	}
	if err := os.MkdirAll(home, 0o700); err != nil { // the code may be private
		return nil, broken(err)
	}
	prune(cache, time.Now())
	work, err := os.MkdirTemp(home, workPrefix)
	if err != nil {
		return nil, broken(err)
	}
	defer os.RemoveAll(work)
	g.say(fmt.Sprintf("fetching %s: %s", g.repository.Name(), ref.commit))
	if err := g.fill(ctx, work, ref); err != nil {
		return nil, err
	}
	if err := os.Rename(work, t.entry); err != nil && t.open() != nil {
		return nil, broken(err)
	}
	if err := t.open(); err != nil {
		return nil, broken(err)
	}
	return t, nil
}

// open reads an entry that is there, and notes that it is in use.
func (t *Tree) open() error {
	text, err := os.ReadFile(filepath.Join(t.entry, modulesFile))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &t.modules); err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(t.entry, modulesFile), err)
	}
	now := time.Now()
	return os.Chtimes(t.entry, now, now)
}

// broken is this machine's fault.
func broken(err error) error {
	return &Error{Key: "url", What: "cannot be kept on this machine: " + err.Error(), Right: "make room, or correct the cache folder's rights"}
}

// separate takes git's own files out of the tree, as Docker does with a context from git, and remembers where the
// submodules' data is.
func separate(work string) error {
	modules := map[string]string{}
	files := filepath.Join(work, filesFolder)
	err := filepath.WalkDir(files, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != ".git" || file == files {
			return err
		}
		if d.IsDir() { // no commit can have one, and git makes files for submodules
			return fmt.Errorf("%s is a folder", file)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		data := filepath.Join(filepath.Dir(file), strings.TrimSpace(strings.TrimPrefix(string(text), "gitdir:")))
		dir, err := filepath.Rel(work, data)
		if err != nil {
			return err
		}
		at, err := filepath.Rel(files, filepath.Dir(file))
		if err != nil {
			return err
		}
		if !filepath.IsLocal(dir) {
			return errors.New(file + " points out of the repository")
		}
		modules[filepath.ToSlash(at)] = filepath.ToSlash(dir)
		return os.Remove(file)
	})
	if err != nil {
		return broken(err)
	}
	text, err := json.Marshal(modules)
	if err != nil {
		return broken(err)
	}
	if err := os.WriteFile(filepath.Join(work, modulesFile), text, 0o600); err != nil {
		return broken(err)
	}
	return nil
}
