package checkout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// resolved is what a ref means.
type resolved struct {
	commit string
	ref    string // the whole name; empty for a commit
}

// resolve asks the repository which commit its ref is.
func (g git) resolve(ctx context.Context) (resolved, error) {
	r := g.repository
	if r.pinned() {
		return resolved{commit: r.Ref}, nil
	}
	names := []string{"refs/heads/" + r.Ref, "refs/tags/" + r.Ref, "refs/tags/" + r.Ref + "^{}"}
	if strings.HasPrefix(r.Ref, "refs/") {
		names = []string{r.Ref, r.Ref + "^{}"}
	}
	out, err := g.run(ctx, "", append([]string{"ls-remote", "--quiet", "--", r.URL}, names...)...)
	if err != nil {
		return resolved{}, g.unreadable(err)
	}
	found := refs(out)
	branch, isBranch := found[names[0]]
	if !isBranch || len(names) == 2 {
		for _, name := range slices.Backward(names) { // what an annotated tag stands for comes last
			if commit, ok := found[name]; ok {
				return resolved{commit, strings.TrimSuffix(name, "^{}")}, nil
			}
		}
		return resolved{}, g.noRef(ctx)
	}
	if _, isTag := found[names[1]]; isTag {
		return resolved{}, &Error{Key: "ref", What: fmt.Sprintf("%q is both a branch and a tag of %s", r.Ref, r.URL),
			Right: fmt.Sprintf("give %s or %s", names[0], names[1])}
	}
	return resolved{branch, names[0]}, nil
}

// refs reads what git ls-remote prints: commits by the names of refs.
func refs(out string) map[string]string {
	found := map[string]string{}
	for line := range strings.Lines(out) {
		if commit, name, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			found[name] = commit
		}
	}
	return found
}

// noPrompt is what git says where it would ask for a password: none was given, or it was refused.
const noPrompt = "terminal prompts disabled"

// unreadable is a repository that git does not get at.
func (g git) unreadable(err error) error {
	var said *failure
	if !errors.As(err, &said) {
		return err
	}
	what := said.Error()
	right := "correct the address, or give this machine access: a token over https, a key over ssh"
	if g.token != "" {
		if strings.HasSuffix(what, noPrompt) {
			what = "its host does not accept the token"
		}
		right = fmt.Sprintf("correct the address, or give the token %q access to it", g.repository.Token.Name)
	}
	return &Error{Key: "url", What: fmt.Sprintf("%s cannot be read: %s", g.repository.URL, what), Right: right}
}

// namesShown is how many branches are named where the one that is asked for is not there.
const namesShown = 5

// noRef is a ref that is not there, with some that are.
func (g git) noRef(ctx context.Context) error {
	r := g.repository
	e := &Error{Key: "ref", What: fmt.Sprintf("there is no branch or tag %q in %s", r.Ref, r.URL),
		Right: "give a branch, a tag or all 40 digits of a commit"}
	out, err := g.run(ctx, "", "ls-remote", "--quiet", "--heads", "--", r.URL)
	if err != nil {
		return e // the first answer says enough
	}
	var branches []string
	for name := range refs(out) {
		branches = append(branches, strings.TrimPrefix(name, "refs/heads/"))
	}
	slices.Sort(branches)
	if len(branches) > namesShown {
		branches = append(branches[:namesShown:namesShown], "…")
	}
	if len(branches) > 0 {
		e.Right += "; its branches are " + strings.Join(branches, ", ")
	}
	return e
}
