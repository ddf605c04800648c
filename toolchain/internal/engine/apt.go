package engine

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"botyard/toolchain/internal/run"
)

// Tool is a program and the Debian package that brings it.
type Tool struct {
	Program string // its name on PATH
	Package string // Debian's package
	Module  string // for a Python: the module that must be there too
}

func missingPackages(tools []Tool) []string {
	var missing []string
	for _, tool := range tools {
		if !tool.found() {
			missing = append(missing, tool.Package)
		}
	}
	return missing
}

func (t Tool) found() bool {
	if t.Module != "" {
		return exec.Command(t.Program, "-c", "import "+t.Module).Run() == nil
	}
	_, err := exec.LookPath(t.Program)
	return err == nil
}

// install installs Debian packages. Without root or apt-get it says what to install and fails.
func (e Engine) install(ctx context.Context, log io.Writer, packages []string) error {
	wanted := strings.Join(packages, " ")
	if _, err := exec.LookPath("apt-get"); err != nil || !e.Root {
		return fmt.Errorf("missing on this machine: %s; install it as root (on Debian: apt-get install --no-install-recommends %s)", wanted, wanted)
	}
	fmt.Fprintf(log, "installing %s\n", wanted)
	apt := func(args ...string) error {
		// Orphan: a package manager that is cut off leaves half-installed packages.
		return run.Cmd{
			Name: "apt-get", Args: append([]string{"-q", "-o", "DPkg::Lock::Timeout=300"}, args...),
			Env:    []string{"DEBIAN_FRONTEND=noninteractive"},
			Stdout: log, Stderr: log, Grace: 2 * time.Minute, Alone: true, Orphan: true,
		}.Run(ctx)
	}
	// An earlier run that was killed during the installation left work undone.
	if _, err := exec.LookPath("dpkg"); err == nil {
		configure := run.Cmd{
			Name: "dpkg", Args: []string{"--configure", "-a"}, Env: []string{"DEBIAN_FRONTEND=noninteractive"},
			Stdout: log, Stderr: log, Alone: true, Orphan: true,
		}
		if err := configure.Run(ctx); err != nil {
			return fmt.Errorf("cannot repair the package database: %w", err)
		}
	}
	if err := apt("update"); err != nil {
		return fmt.Errorf("cannot read the package lists, needed for %s: %w", wanted, err)
	}
	if err := apt(append([]string{"install", "-y", "--no-install-recommends"}, packages...)...); err != nil {
		return fmt.Errorf("cannot install %s: %w", wanted, err)
	}
	return nil
}
