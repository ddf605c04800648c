package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"botyard/toolchain/plugin-aws/trim/shake"
)

// modules finds the unchanged source of the modules to shake, at the versions that the plugin's go.mod pins.
type modules struct {
	dir      string // of the plugin's module
	versions map[string]string
	replaced map[string]string // "path@version" that stands in for a module path
	loaded   map[string]*shake.Module
}

// goMod is what `go mod edit -json` tells of a go.mod.
type goMod struct {
	Go      string
	Require []struct{ Path, Version string }
	Replace []struct {
		Old struct{ Path string }
		New struct{ Path, Version string }
	}
}

// newModules reads the plugin's go.mod and fetches, side by side, all that it knows to be shaken.
func newModules(dir string) (*modules, error) {
	mod, err := readGoMod(filepath.Join(dir, "go.mod"))
	if err != nil {
		return nil, err
	}
	m := &modules{dir: dir, versions: map[string]string{}, replaced: map[string]string{}, loaded: map[string]*shake.Module{}}
	for _, r := range mod.Require {
		m.versions[r.Path] = r.Version
	}
	for _, r := range mod.Replace {
		m.replaced[r.Old.Path] = r.New.Path + "@" + r.New.Version
	}
	known := slices.DeleteFunc(slices.Collect(maps.Keys(m.versions)), func(path string) bool { return !shaken(path) })
	if err := m.fetch(providerModule); err != nil { // first: its versions count before those of the others
		return nil, err
	}
	return m, m.fetch(known...)
}

// of answers the module of an import path if it is to be shaken, else nil.
func (m *modules) of(importPath string) (*shake.Module, error) {
	path := shake.ModuleOf(importPath, m.versions)
	if path == "" || !shaken(path) {
		return nil, nil
	}
	return m.byPath(path)
}

func (m *modules) byPath(path string) (*shake.Module, error) {
	if m.loaded[path] == nil {
		if err := m.fetch(path); err != nil {
			return nil, err
		}
	}
	return m.loaded[path], nil
}

// fetch downloads modules into the module cache. Their requirements become known as well: a service that the table newly needs is found through
// the provider's go.mod before it is in the plugin's.
func (m *modules) fetch(paths ...string) error {
	versions := map[string]string{}
	args := []string{"mod", "download", "-json"}
	for _, path := range paths {
		source := m.replaced[path]
		if source == "" {
			source = path + "@" + m.versions[path]
		}
		versions[source] = path
		args = append(args, source)
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = m.dir
	out, runErr := cmd.Output()
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var got struct{ Path, Version, Dir, Error string }
		if err := decoder.Decode(&got); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fmt.Errorf("failed to download modules: %w: %s", errors.Join(err, runErr), stderrOf(runErr))
		}
		if got.Error != "" {
			return fmt.Errorf("failed to download %s@%s: %s", got.Path, got.Version, got.Error)
		}
		if err := m.add(versions[got.Path+"@"+got.Version], got.Dir); err != nil {
			return err
		}
	}
	if runErr != nil {
		return fmt.Errorf("failed to download modules: %w: %s", runErr, stderrOf(runErr))
	}
	return nil
}

// stderrOf is what a command said before it failed.
func stderrOf(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return string(bytes.TrimSpace(exit.Stderr))
	}
	return ""
}

// add enters a downloaded module.
func (m *modules) add(path, dir string) error {
	mod, err := readGoMod(filepath.Join(dir, "go.mod"))
	if err != nil {
		return err
	}
	loaded := &shake.Module{Path: path, Dir: dir, Go: mod.Go, Requires: map[string]string{}}
	for _, r := range mod.Require {
		loaded.Requires[r.Path] = r.Version
		if m.versions[r.Path] == "" {
			m.versions[r.Path] = r.Version
		}
	}
	m.loaded[path] = loaded
	return nil
}

func readGoMod(path string) (*goMod, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("failed to read a go.mod: %w", err)
	}
	out, err := exec.Command("go", "mod", "edit", "-json", path).Output()
	if err != nil {
		return nil, fmt.Errorf("failed to read %s: %w", path, err)
	}
	var mod goMod
	if err := json.Unmarshal(out, &mod); err != nil {
		return nil, fmt.Errorf("failed to read %s: %w", path, err)
	}
	return &mod, nil
}
