// Package sources brings code that lives in repositories of its own to what a delivery is made of. Such a repository is a
// git submodule of this one; one with `branch = .` in .gitmodules follows the branch that is delivered.
package sources

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"botyard/delivery/internal/program"
)

// followsBranch is how .gitmodules says that a submodule is on the same branch as the repository around it.
const followsBranch = "."

// Update checks out the newest commit of each submodule's branch, and says which that is. A submodule with a branch of its
// own in .gitmodules stays on that, and what a submodule has as submodules stays at the commits that it names.
func Update(ctx context.Context, root, branch string, out io.Writer) error {
	if _, err := os.Stat(filepath.Join(root, ".gitmodules")); errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintln(out, "all code is in this repository: nothing to fetch")
		return nil
	}
	if branch == "" {
		return errors.New("which branch? name it: BRANCH=master")
	}
	g := git{ctx, root}
	names, err := g.submodules()
	if err != nil {
		return err
	}
	for _, name := range names {
		key := "submodule." + name + ".branch"
		declared, _ := g.run("config", "--file", ".gitmodules", "--get", key) // exit status 1: it declares none
		if declared != followsBranch {
			continue
		}
		// git itself takes the checked-out branch for it, of which there is none in a pull request.
		if _, err := g.run("config", key, branch); err != nil {
			return err
		}
	}
	if _, err := g.run("submodule", "update", "--init", "--remote"); err != nil {
		return fmt.Errorf("cannot fetch branch %s of the code's repositories: %w; right would be that branch in each, or a branch of its own in .gitmodules", branch, err)
	}
	if _, err := g.run("submodule", "foreach", "--quiet", "git submodule update --init --recursive"); err != nil {
		return err
	}
	status, err := g.run("submodule", "status")
	fmt.Fprintln(out, status)
	return err
}

// git is the git of one checkout.
type git struct {
	ctx  context.Context
	root string
}

func (g git) run(args ...string) (string, error) {
	out, err := program.Cmd{Name: "git", Args: args, Dir: g.root}.Output(g.ctx)
	return strings.TrimRight(string(out), "\n"), err
}

// submodules are the names in .gitmodules.
func (g git) submodules() ([]string, error) {
	text, err := g.run("config", "--file", ".gitmodules", "--name-only", "--get-regexp", `^submodule\..*\.path$`)
	if err != nil {
		return nil, fmt.Errorf("cannot read .gitmodules: %w", err)
	}
	var names []string
	for key := range strings.Lines(text) {
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(key), "submodule."), ".path"))
	}
	return names, nil
}
