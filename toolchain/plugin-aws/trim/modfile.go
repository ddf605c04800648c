package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"botyard/toolchain/plugin-aws/trim/shake"
)

// writeModfile puts a go.mod in the build folder: the plugin's own, with each trimmed module replaced by its copy, and the plugin's go.sum.
func writeModfile(moduleDir, buildDir string, mods []*shake.Module) error {
	for _, name := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join(moduleDir, name))
		if err != nil {
			return fmt.Errorf("failed to copy the plugin's %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(buildDir, name+".new"), content, 0o644); err != nil {
			return fmt.Errorf("failed to copy the plugin's %s: %w", name, err)
		}
	}
	args := []string{"mod", "edit"}
	for _, m := range mods {
		args = append(args, "-replace="+m.Path+"="+filepath.Join(buildDir, "src", m.Path))
	}
	if out, err := exec.Command("go", append(args, filepath.Join(buildDir, "go.mod.new"))...).CombinedOutput(); err != nil {
		return fmt.Errorf("failed to point go.mod at the copies: %w: %s", err, out)
	}
	for _, name := range []string{"go.sum", "go.mod"} {
		if err := os.Rename(filepath.Join(buildDir, name+".new"), filepath.Join(buildDir, name)); err != nil {
			return fmt.Errorf("failed to put %s in place: %w", name, err)
		}
	}
	return nil
}
