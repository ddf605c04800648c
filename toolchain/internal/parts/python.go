package parts

import (
	"context"
	"fmt"
	"path/filepath"

	"botyard/toolchain/internal/cache"
	"botyard/toolchain/internal/run"
	"botyard/toolchain/internal/step"
)

// Venv is a Python environment with what requirements files list, each package held by its hashes.
func Venv(ctx context.Context, name, title string, requirements ...string) (Part, error) {
	// An environment belongs to one interpreter: another version or another place makes it a different one.
	python, err := run.Output(ctx, run.Cmd{Name: "python3", Args: []string{"-c", "import sys; print(sys.version, sys.executable)"}})
	if err != nil {
		return Part{}, fmt.Errorf("python3 is needed: %w", err)
	}
	key, err := cache.Key([]string{python}, requirements...)
	if err != nil {
		return Part{}, err
	}
	return Part{
		Name: name, Title: title, Key: key,
		Make: func(ctx context.Context, dir string, task *step.Task) error {
			venv := run.Cmd{Name: "python3", Args: []string{"-m", "venv", dir}, Stdout: task, Stderr: task}
			if err := venv.Run(ctx); err != nil {
				return err
			}
			// The folder is renamed afterwards, so nothing may rely on the scripts in bin/ but on bin/python -m.
			args := []string{"-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--require-hashes"}
			for _, file := range requirements {
				args = append(args, "-r", file)
			}
			return run.Cmd{Name: Python(dir), Args: args, Stdout: task, Stderr: task}.Run(ctx)
		},
	}, nil
}

// Python is the interpreter of the environment in dir.
func Python(dir string) string {
	return filepath.Join(dir, "bin", "python")
}
