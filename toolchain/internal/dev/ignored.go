package dev

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// ignored are the files and folders at the top of the source that .dockerignore keeps out of the image, which has names
// at its own top: to edit a test changes nothing that runs.
func (s Source) ignored(image map[string]bool) ([]string, error) {
	matcher, err := s.matcher()
	if err != nil || matcher == nil {
		return nil, err
	}
	entries, err := os.ReadDir(s.Folder)
	if err != nil {
		return nil, fmt.Errorf("cannot list the source: %w", err)
	}
	var names []string
	for _, entry := range entries {
		name := entry.Name()
		// Hidden ones are not watched anyway, and a list with : between the names cannot say one that has it.
		if image[name] || strings.HasPrefix(name, ".") || strings.Contains(name, ":") {
			continue
		}
		out, err := matcher.MatchesOrParentMatches(name)
		if err != nil {
			return nil, fmt.Errorf("cannot apply %s's .dockerignore to %s: %w", s.Shown, name, err)
		}
		if out {
			names = append(names, name)
		}
	}
	return names, nil
}

// matcher has the patterns of <Dockerfile>.dockerignore or, where there is none, of .dockerignore, as BuildKit reads them;
// nil without either.
func (s Source) matcher() (*patternmatcher.PatternMatcher, error) {
	for _, name := range []string{s.Dockerfile + ".dockerignore", ".dockerignore"} {
		file, err := os.Open(filepath.Join(s.Folder, filepath.FromSlash(name)))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("cannot read what is no part of the image: %w", err)
		}
		defer file.Close()
		patterns, err := ignorefile.ReadAll(file)
		if err == nil {
			var matcher *patternmatcher.PatternMatcher
			if matcher, err = patternmatcher.New(patterns); err == nil {
				return matcher, nil
			}
		}
		return nil, fmt.Errorf("%s/%s cannot be understood: %w", s.Shown, name, err)
	}
	return nil, nil
}
