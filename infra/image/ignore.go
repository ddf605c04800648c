package image

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// ignore decides which paths of a context the builder never sees.
type ignore struct {
	matcher *patternmatcher.PatternMatcher
	parents map[string]patternmatcher.MatchInfo
}

// readIgnore reads <Dockerfile>.dockerignore or, where there is none, the context's
// .dockerignore, as BuildKit does.
func readIgnore(dir, dockerfile string) (*ignore, error) {
	for _, name := range []string{dockerfile + ".dockerignore", ".dockerignore"} {
		file, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		defer file.Close()
		patterns, err := ignorefile.ReadAll(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return newIgnore(patterns)
	}
	return newIgnore(nil)
}

func newIgnore(patterns []string) (*ignore, error) {
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		return nil, fmt.Errorf("the patterns: %w", err)
	}
	return &ignore{matcher: matcher, parents: map[string]patternmatcher.MatchInfo{}}, nil
}

// walked tells whether a path is ignored. It must be asked about a folder before what is in
// it, as a walk does: a rule about the folder holds for its content until another one lifts it.
func (i *ignore) walked(name string, isDir bool) (bool, error) {
	match, info, err := i.matcher.MatchesUsingParentResults(name, i.parents[path.Dir(name)])
	if isDir {
		i.parents[name] = info
	}
	return match, err
}

// ignores tells whether a path is ignored, asked in any order; slower than walked.
func (i *ignore) ignores(name string) bool {
	match, err := i.matcher.MatchesOrParentMatches(name)
	return err == nil && match
}

// prunes tells that nothing below an ignored folder can be wanted after all.
func (i *ignore) prunes() bool { return !i.matcher.Exclusions() }
