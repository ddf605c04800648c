// Package checks is what `make check` runs: formatting, vet, linters and the fast tests of every module and language of
// the checkout, side by side, with all failures at the end.
package checks

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"botyard/toolchain/internal/cache"
	"botyard/toolchain/internal/clone"
	"botyard/toolchain/internal/engine"
	"botyard/toolchain/internal/parts"
	"botyard/toolchain/internal/run"
	"botyard/toolchain/internal/step"
)

// Checks is what to check.
type Checks struct {
	Clone     clone.Clone
	Store     cache.Store
	PluginAWS string   // the built AWS plugin, which its contract test asks; "" skips that test
	Needs     []string // steps that must have ended before that plugin is there
	Engine    engine.Engine
	Machine   []string // steps that must have ended before the engine answers and Python can make environments
}

// module is one Go module and the packages in it that are ours to check.
type module struct {
	name, dir string
	packages  []string
}

// modules are the Go modules with code of ours. The AWS plugin's own main package compiles only beside its trimmed
// copies of the provider, which its build does; the CLI's and the language host's modules hold no code.
var modules = []module{
	{"program", ".", []string{"./..."}},
	{"toolchain", "toolchain", []string{"./..."}},
	{warden, "images/warden", []string{"./..."}},
	{"plugin-docker", "toolchain/plugin-docker", []string{"./..."}},
	{"plugin-aws", "toolchain/plugin-aws", []string{"./trim/...", "./table/...", "./surface/...", "./contract/..."}},
}

// warden is the module whose tests run processes against each other for minutes: `make check` runs the short ones.
const warden = "warden"

// Steps lists the checks.
func (c Checks) Steps(ctx context.Context) ([]step.Step, error) {
	staticcheck, err := c.linter("staticcheck", "the linter", "honnef.co/go/tools/cmd/staticcheck")
	if err != nil {
		return nil, err
	}
	actionlint, err := c.linter("actionlint", "the workflows' linter", "github.com/rhysd/actionlint/cmd/actionlint")
	if err != nil {
		return nil, err
	}
	steps := []step.Step{c.gofmt(), staticcheck.Step(c.Store), actionlint.Step(c.Store)}
	for _, m := range modules {
		linter := filepath.Join(staticcheck.Path(c.Store), "staticcheck")
		steps = append(steps, c.goTest(m), c.goVet(m), c.goLint(m, linter, staticcheck.Name))
	}
	python, err := c.python(ctx, actionlint)
	return append(steps, python...), err
}

// Count is how many of the timings are checks that passed and that failed; what was built for them does not count.
func Count(timings []step.Timing) (passed, failed int) {
	for _, timing := range timings {
		if !strings.HasPrefix(timing.Name, "check-") {
			continue
		}
		if timing.Result == "failed" {
			failed++
			continue
		}
		passed++
	}
	return passed, failed
}

func (c Checks) gofmt() step.Step {
	return step.Step{Name: "check-gofmt", Title: "gofmt", Run: func(ctx context.Context, task *step.Task) error {
		files, err := c.files(ctx, "*.go")
		if err != nil {
			return err
		}
		out, err := run.Output(ctx, run.Cmd{Name: "gofmt", Args: append([]string{"-l"}, files...), Dir: c.Clone.Root, Stderr: task})
		if err != nil {
			return err
		}
		if out != "" {
			fmt.Fprintln(task, out)
			return fmt.Errorf("files are not formatted: %s; run make fmt", strings.ReplaceAll(out, "\n", " "))
		}
		return nil
	}}
}

// files are the checkout's files of a pattern: those that git tracks and those that it would.
func (c Checks) files(ctx context.Context, patterns ...string) ([]string, error) {
	args := append([]string{"ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"}, patterns...)
	out, err := run.Output(ctx, run.Cmd{Name: "git", Args: args, Dir: c.Clone.Root})
	if err != nil {
		return nil, fmt.Errorf("cannot list the checkout's files: %w", err)
	}
	var files []string
	for _, file := range strings.Split(strings.TrimRight(out, "\x00"), "\x00") {
		if _, err := os.Stat(c.Clone.Path(file)); file != "" && err == nil { // removed, and git not told yet
			files = append(files, file)
		}
	}
	return files, nil
}

// linter is a linter that is a Go program, built from the versions that toolchain/lint pins.
func (c Checks) linter(name, title, target string) (parts.Part, error) {
	dir := c.Clone.Path("toolchain", "lint")
	key, err := cache.Key([]string{clone.Platform()}, filepath.Join(dir, "go.mod"), filepath.Join(dir, "go.sum"))
	if err != nil {
		return parts.Part{}, err
	}
	return parts.Part{
		Name: name, Title: title, Class: parts.ClassGo, Key: key,
		Make: func(ctx context.Context, out string, task *step.Task) error {
			return parts.GoBuild(ctx, dir, target, filepath.Join(out, name), "", task)
		},
	}, nil
}

func (c Checks) goTest(m module) step.Step {
	args, needs, env := []string{"test"}, []string(nil), []string(nil)
	switch {
	case m.name == "plugin-aws" && c.PluginAWS != "":
		needs, env = c.Needs, []string{"BOTYARD_PLUGIN_AWS=" + c.PluginAWS}
	case m.name == "plugin-docker":
		needs = c.Machine
	case m.name == warden && len(c.Machine) == 0:
		args = append(args, "-short")
	case m.name == warden:
		return c.wardenTest(m)
	}
	test := c.goStep(m, "test", "go test: "+m.name, needs, run.Cmd{Name: "go", Args: append(args, m.packages...), Env: env})
	if m.name == "plugin-docker" {
		return c.builds(test)
	}
	return test
}

// wardenTest runs all of the warden's tests, with the race detector where there is the C compiler that it needs. They watch
// the clock, so they wait for the compilers and have the machine to themselves as far as that can be.
func (c Checks) wardenTest(m module) step.Step {
	args, env, note := []string{"test", "-timeout=15m"}, []string(nil), "without the race detector: there is no gcc on PATH"
	if _, err := exec.LookPath("gcc"); err == nil {
		args, env, note = append(args, "-race"), []string{"CGO_ENABLED=1"}, "with the race detector"
	}
	test := c.goStep(m, "test", "go test: "+m.name, c.Needs, run.Cmd{Name: "go", Args: append(args, m.packages...), Env: env})
	tests := test.Run
	test.Run = func(ctx context.Context, task *step.Task) error {
		task.Note("%s", note)
		return tests(ctx, task)
	}
	return test
}

// builds says of a step whose tests build images when they could not: go test shows no skip of a package that passes.
func (c Checks) builds(test step.Step) step.Step {
	tests := test.Run
	test.Run = func(ctx context.Context, task *step.Task) error {
		if err := tests(ctx, task); err != nil {
			return err
		}
		if _, err := c.Engine.Version(ctx); err != nil {
			task.Note("SKIPPED all tests that build images: %v", err)
		}
		return nil
	}
	return test
}

func (c Checks) goVet(m module) step.Step {
	return c.goStep(m, "vet", "go vet: "+m.name, nil, run.Cmd{Name: "go", Args: append([]string{"vet"}, m.packages...)})
}

func (c Checks) goLint(m module, linter, part string) step.Step {
	return c.goStep(m, "lint", "staticcheck: "+m.name, []string{part}, run.Cmd{Name: linter, Args: m.packages})
}

func (c Checks) goStep(m module, kind, title string, needs []string, cmd run.Cmd) step.Step {
	return step.Step{
		Name: "check-" + kind + "-" + m.name, Title: title, Class: parts.ClassGo, Needs: needs,
		Run: func(ctx context.Context, task *step.Task) error {
			cmd.Dir, cmd.Env = c.Clone.Path(m.dir), append(clone.GoEnv(), cmd.Env...)
			cmd.Stdout, cmd.Stderr = task, task
			return cmd.Run(ctx)
		},
	}
}
