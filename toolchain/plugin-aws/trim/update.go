package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// update brings the plugin's go.mod and go.sum in line with what the copies in the build folder import, after a change to the table or to a
// version: `go mod tidy` on the copies, then back without the replacements that point at them.
func update(moduleDir, buildDir string) error {
	original, err := readGoMod(filepath.Join(moduleDir, "go.mod"))
	if err != nil {
		return err
	}
	tidied := filepath.Join(buildDir, "go.mod")
	if err := goCommand(moduleDir, "-mod=mod", "mod", "tidy", "-modfile="+tidied); err != nil {
		return err
	}
	mod, err := readGoMod(tidied)
	if err != nil {
		return err
	}
	args := []string{"mod", "edit"}
	for _, r := range mod.Replace {
		if strings.HasPrefix(r.New.Path, buildDir) {
			args = append(args, "-dropreplace="+r.Old.Path)
		}
	}
	for _, r := range original.Replace {
		args = append(args, "-replace="+r.Old.Path+"="+r.New.Path+"@"+r.New.Version)
	}
	if err := goCommand(moduleDir, "", append(args, tidied)...); err != nil {
		return err
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join(buildDir, name))
		if err != nil {
			return fmt.Errorf("failed to take over the tidied %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(moduleDir, name), content, 0o644); err != nil {
			return fmt.Errorf("failed to take over the tidied %s: %w", name, err)
		}
	}
	// Tidy only saw the copies; downloading the originals once more adds their checksums.
	if _, err := newModules(moduleDir); err != nil {
		return err
	}
	fmt.Println("go.mod and go.sum are up to date; build again")
	return nil
}

func goCommand(dir, flags string, args ...string) error {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS="+flags)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("failed to run go %s: %w: %s", strings.Join(args[:2], " "), err, out)
	}
	return nil
}
