package dev

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Source is the build context of a service's image.
type Source struct {
	Folder     string // its full path
	Shown      string // how people call it: relative to the checkout
	Dockerfile string // its path in Folder
}

// Mount is a folder of this machine that takes the place of one in a container.
type Mount struct {
	Folder  string   // on this machine, its full path
	Path    string   // in the container
	Ignored []string // at the top of Folder: what is no part of the image, such as tests
	Lost    []string // files of the image at Path that Folder has not, such as generated ones; sorted
}

// Fit finds the part of the source that the image has in its working folder: the context itself, or a folder in it whose
// content was copied. It goes by the names of the files, not by the Dockerfile: what was copied, from where and in how many
// steps makes no difference then, and what the mount would hide is known as well.
func (s Source) Fit(workdir string, files []string) (Mount, error) {
	candidates, err := s.candidates()
	if err != nil {
		return Mount{}, err
	}
	m := Mount{Path: workdir}
	found := 0
	for _, folder := range candidates {
		var lost []string
		for _, file := range files {
			if _, err := os.Lstat(filepath.Join(folder, filepath.FromSlash(file))); err != nil {
				lost = append(lost, file)
			}
		}
		if both := len(files) - len(lost); both > found {
			found, m.Folder, m.Lost = both, folder, lost
		}
	}
	if found == 0 {
		return m, fmt.Errorf("where the source goes cannot be told: the image's working folder %s has none of the files of %s or of a folder in it; right would be a Dockerfile that copies the source into its WORKDIR", workdir, s.Shown)
	}
	slices.Sort(m.Lost)
	if m.Folder == s.Folder {
		if m.Ignored, err = s.ignored(tops(files)); err != nil {
			return m, err
		}
	}
	return m, m.readable(s)
}

// candidates are the context and the folders in it.
func (s Source) candidates() ([]string, error) {
	entries, err := os.ReadDir(s.Folder)
	if err != nil {
		return nil, fmt.Errorf("cannot list the source: %w", err)
	}
	folders := []string{s.Folder}
	for _, entry := range entries {
		if entry.IsDir() {
			folders = append(folders, filepath.Join(s.Folder, entry.Name()))
		}
	}
	return folders, nil
}

// tops are the first parts of paths.
func tops(files []string) map[string]bool {
	names := map[string]bool{}
	for _, file := range files {
		top, _, _ := strings.Cut(file, "/")
		names[top] = true
	}
	return names
}

// readable refuses a source that the service's user could not read: containers run as one that owns nothing here.
func (m Mount) readable(s Source) error {
	return filepath.WalkDir(m.Folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("cannot list the source: %w", err)
		}
		relative, err := filepath.Rel(m.Folder, name)
		if err != nil {
			return err
		}
		if relative != "." && (strings.HasPrefix(d.Name(), ".") || generated(relative) || slices.Contains(m.Ignored, relative)) {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		info, err := d.Info()
		if err != nil || info.Mode()&fs.ModeSymlink != 0 {
			return err
		}
		need := fs.FileMode(0o004)
		if d.IsDir() {
			need = 0o005
		}
		if info.Mode().Perm()&need != need {
			return fmt.Errorf("%s cannot be read by the service, whose user owns nothing here; right would be chmod -R o+rX %s", path.Join(s.Shown, s.inside(name)), s.Shown)
		}
		return nil
	})
}

// inside is a path below the source's folder.
func (s Source) inside(name string) string {
	relative, err := filepath.Rel(s.Folder, name)
	if err != nil {
		return name
	}
	return filepath.ToSlash(relative)
}

// generated tells of what Python keeps beside its source; it makes it anew.
func generated(name string) bool {
	return slices.Contains(strings.Split(filepath.ToSlash(name), "/"), "__pycache__") || strings.HasSuffix(name, ".pyc")
}
