package checks

import (
	"context"
	"path/filepath"

	"botyard/toolchain/internal/parts"
	"botyard/toolchain/internal/run"
	"botyard/toolchain/internal/step"
)

// python lists the checks of the Python and shell code, and of the workflows, whose linter asks the shell's. The layers'
// tests run with what the layers themselves install, plus the tests' own packages.
func (c Checks) python(ctx context.Context, actionlint parts.Part) ([]step.Step, error) {
	images, err := parts.Venv(ctx, "test-venv", "the layers' and their tests' packages",
		c.Clone.Path("images", "python-deps", "requirements.txt"), c.Clone.Path("images", "database-init", "requirements.txt"),
		c.Clone.Path("images", "chat-deps", "requirements.txt"), c.Clone.Path("images", "intents", "requirements.txt"),
		c.Clone.Path("images", "test-requirements.txt"))
	if err != nil {
		return nil, err
	}
	lint, err := parts.Venv(ctx, "lint-venv", "the shell linter", c.Clone.Path("toolchain", "lint", "requirements.txt"))
	if err != nil {
		return nil, err
	}
	emulator, err := parts.Venv(ctx, "emulator-test-venv", "the emulator's and its tests' packages",
		c.Clone.Path("toolchain", "emulator", "requirements-test.txt"))
	if err != nil {
		return nil, err
	}
	interpreter := parts.Python(images.Path(c.Store))
	steps := []step.Step{
		images.Step(c.Store, c.Machine...), emulator.Step(c.Store, c.Machine...), lint.Step(c.Store, c.Machine...), c.shellcheck(lint),
		c.workflows(actionlint, lint),
	}
	steps = append(steps, c.onFiles("check-ruff", "ruff", images.Name, interpreter, []string{"-m", "ruff", "check", "--no-cache", "--quiet"}, "*.py"))

	folders, err := filepath.Glob(c.Clone.Path("images", "*", "tests"))
	if err != nil {
		return nil, err
	}
	for _, folder := range folders {
		steps = append(steps, pytest(filepath.Dir(folder), images.Name, interpreter))
	}
	// Its tests with containers are the end-to-end tests' company: they need an engine and its images.
	return append(steps, pytest(c.Clone.Path("toolchain", "emulator"), emulator.Name, parts.Python(emulator.Path(c.Store)), "-m", "not engine")), nil
}

// pytest runs the tests below dir with the interpreter of the environment that the step need makes.
func pytest(dir, need, interpreter string, args ...string) step.Step {
	args = append([]string{"-m", "pytest", "-q", "-p", "no:cacheprovider"}, args...)
	return step.Step{
		Name: "check-pytest-" + filepath.Base(dir), Title: "pytest: " + filepath.Base(dir), Needs: []string{need},
		Run: func(ctx context.Context, task *step.Task) error {
			return run.Cmd{
				Name: interpreter, Args: args, Dir: dir, Env: []string{"PYTHONDONTWRITEBYTECODE=1"}, Stdout: task, Stderr: task,
			}.Run(ctx)
		},
	}
}

func (c Checks) shellcheck(lint parts.Part) step.Step {
	return c.onFiles("check-shell", "shellcheck", lint.Name, shellcheckProgram(c, lint), []string{"--external-sources"}, "*.sh", ".ci/run")
}

func shellcheckProgram(c Checks, lint parts.Part) string {
	return filepath.Join(lint.Path(c.Store), "bin", "shellcheck")
}

// workflows are linted with the scripts in them. Examples to copy are linted as what they are to become.
func (c Checks) workflows(actionlint, lint parts.Part) step.Step {
	program := filepath.Join(actionlint.Path(c.Store), actionlint.Name)
	args := []string{"-no-color", "-pyflakes=", "-shellcheck=" + shellcheckProgram(c, lint)}
	check := c.onFiles("check-workflows", "actionlint", actionlint.Name, program, args, ".github/workflows/*.yml", "examples/dispatch/*.yml")
	check.Needs = append(check.Needs, lint.Name)
	return check
}

// onFiles runs a program on the checkout's files of some patterns; none is well.
func (c Checks) onFiles(name, title, need, program string, args []string, patterns ...string) step.Step {
	return step.Step{Name: name, Title: title, Needs: []string{need}, Run: func(ctx context.Context, task *step.Task) error {
		files, err := c.files(ctx, patterns...)
		if err != nil || len(files) == 0 {
			return err
		}
		return run.Cmd{Name: program, Args: append(args[:len(args):len(args)], files...), Dir: c.Clone.Root, Stdout: task, Stderr: task}.Run(ctx)
	}}
}
