package checkout

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// fill fetches a commit into an empty folder.
func (g git) fill(ctx context.Context, work string, ref resolved) error {
	data, files := filepath.Join(work, gitFolder), filepath.Join(work, filesFolder)
	if err := os.Mkdir(files, 0o755); err != nil {
		return broken(err)
	}
	for _, args := range [][]string{
		{"init", "--quiet", "--bare", "--template=", data},
		{"--git-dir=" + data, "config", "core.bare", "false"},
		{"--git-dir=" + data, "config", "core.worktree", filepath.Join("..", filesFolder)}, // still right when it has moved
		{"--git-dir=" + data, "config", "remote.origin.url", g.repository.URL},
	} {
		if _, err := g.run(ctx, work, args...); err != nil {
			return g.unreadable(err)
		}
	}
	in := func(args ...string) error {
		_, err := g.run(ctx, files, append([]string{"--git-dir=" + data}, args...)...)
		return err
	}
	if err := g.fetch(ctx, in, ref); err != nil {
		return err
	}
	if err := in("checkout", "--quiet", "--detach", ref.commit); err != nil {
		return g.unreadable(err)
	}
	if g.repository.Submodules {
		if err := in("submodule", "--quiet", "update", "--init", "--recursive"); err != nil {
			return g.noSubmodule(err, files)
		}
	}
	if g.repository.LFS {
		if err := g.pull(ctx, data, files); err != nil {
			return err
		}
	}
	return separate(work)
}

// fetch gets the ref's history, which tells when each folder changed last, without the files of earlier commits where the
// server can leave them out.
func (g git) fetch(ctx context.Context, in func(...string) error, ref resolved) error {
	fetch := []string{"fetch", "--quiet", "--no-tags", "--filter=blob:none", "origin"}
	if ref.ref != "" {
		if err := in(append(fetch, "+"+ref.ref+":refs/botyard/ref")...); err != nil {
			return g.unreadable(err)
		}
		if in("cat-file", "-e", ref.commit+"^{commit}") == nil {
			return nil
		}
		// It was pushed over since it was asked for.
	}
	err := in(append(fetch, ref.commit)...)
	var said *failure
	if errors.As(err, &said) && ref.ref == "" {
		return &Error{Key: "ref", What: fmt.Sprintf("the commit %s of %s cannot be had: %s", ref.commit, g.repository.URL, said),
			Right: "give a commit that is on a branch or tag there, and access to it"}
	}
	if err != nil {
		return g.unreadable(err)
	}
	return nil
}

// noSubmodule is a submodule that git does not get at; git names it among what it complains of.
func (g git) noSubmodule(err error, files string) error {
	var said *failure
	if !errors.As(err, &said) {
		return err
	}
	complaints := said.complaints()
	text := strings.ReplaceAll(strings.Join(complaints[:min(2, len(complaints))], "; "), files+string(filepath.Separator), "")
	right := "give this machine access to it"
	if g.token != "" {
		right = fmt.Sprintf("give the token %q access to it (it is used for %s alone)", g.repository.Token.Name, g.repository.host())
	}
	return &Error{Key: "submodules", What: fmt.Sprintf("a submodule of %s cannot be read: %s", g.repository.Name(), text),
		Right: right + ", or set false if the image does without its submodules"}
}

// pull fetches the files that LFS pointers stand for, also those of submodules.
func (g git) pull(ctx context.Context, data, files string) error {
	if _, err := g.run(ctx, files, "lfs", "version"); err != nil {
		return &Error{Key: "lfs", What: "is fetch, but git-lfs is not installed on this machine", Right: "install it (https://git-lfs.com), or keep the files in a bucket"}
	}
	pull := "git lfs pull"
	_, err := g.with(ctx, files, lfsSettings, "--git-dir="+data, "lfs", "pull")
	if err == nil && g.repository.Submodules {
		_, err = g.with(ctx, files, lfsSettings, "--git-dir="+data, "submodule", "--quiet", "foreach", "--recursive", pull)
	}
	var said *failure
	if errors.As(err, &said) {
		return &Error{Key: "lfs", What: fmt.Sprintf("LFS files of %s cannot be fetched: %s", g.repository.Name(), said),
			Right: "push them (git lfs push --all origin), or keep the files in a bucket"}
	}
	return err
}
