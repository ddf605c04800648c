package checks

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/cache"
	"botyard/toolchain/internal/clone"
	"botyard/toolchain/internal/fake"
	"botyard/toolchain/internal/step"
)

// checkout is a clone with the files given, and a git that lists just these.
func checkout(t *testing.T, files ...string) (Checks, *fake.Programs) {
	programs := fake.New(t)
	c := Checks{Clone: clone.Clone{Root: t.TempDir()}, Store: cache.Store{Root: t.TempDir()}}
	listing := ""
	for _, file := range files {
		path := c.Clone.Path(file)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(file), 0o644))
		listing += file + `\0`
	}
	programs.Add(t, "git", `printf '`+listing+`removed.go\0'`)
	programs.Add(t, "python3", "echo 3.11")
	return c, programs
}

// one runs the step of that name alone.
func one(t *testing.T, c Checks, name string) error {
	_, err := shown(t, c, name)
	return err
}

// shown runs the step of that name alone and returns what the reader sees of it.
func shown(t *testing.T, c Checks, name string) (string, error) {
	steps, err := c.Steps(t.Context())
	require.NoError(t, err)
	show, err := os.Create(filepath.Join(t.TempDir(), "shown"))
	require.NoError(t, err)
	defer show.Close()
	at := slices.IndexFunc(steps, func(s step.Step) bool { return s.Name == name })
	require.GreaterOrEqual(t, at, 0, "there is no step %s", name)
	alone := steps[at]
	alone.Needs = nil
	_, err = step.Runner{Logs: t.TempDir(), Show: step.NewDisplay(show)}.Run(t.Context(), []step.Step{alone})
	text, readErr := os.ReadFile(show.Name())
	require.NoError(t, readErr)
	return string(text), err
}

var needed = []string{
	"toolchain/lint/go.mod", "toolchain/lint/go.sum", "toolchain/lint/requirements.txt", "toolchain/emulator/requirements-test.txt",
	"images/python-deps/requirements.txt", "images/database-init/requirements.txt", "images/test-requirements.txt",
	"images/chat-deps/requirements.txt", "images/intents/requirements.txt",
	"images/bot/tests/test_bot.py", "images/models/tests/test_models.py",
}

func TestEveryModuleAndLayerIsChecked(t *testing.T) {
	c, _ := checkout(t, needed...)
	steps, err := c.Steps(t.Context())
	require.NoError(t, err)
	var names []string
	for _, s := range steps {
		names = append(names, s.Name)
	}
	assert.Equal(t, []string{
		"check-gofmt", "staticcheck", "actionlint",
		"check-test-program", "check-vet-program", "check-lint-program",
		"check-test-toolchain", "check-vet-toolchain", "check-lint-toolchain",
		"check-test-warden", "check-vet-warden", "check-lint-warden",
		"check-test-plugin-docker", "check-vet-plugin-docker", "check-lint-plugin-docker",
		"check-test-plugin-aws", "check-vet-plugin-aws", "check-lint-plugin-aws",
		"test-venv", "emulator-test-venv", "lint-venv", "check-shell", "check-workflows", "check-ruff",
		"check-pytest-bot", "check-pytest-models", "check-pytest-emulator",
	}, names)
}

func TestAnUnformattedFileFailsByName(t *testing.T) {
	c, programs := checkout(t, append(needed, "main.go", "infra/stack.go")...)
	programs.Add(t, "gofmt", "")
	require.NoError(t, one(t, c, "check-gofmt"))
	assert.Contains(t, programs.Calls(t)[len(programs.Calls(t))-1], " main.go infra/stack.go")
	assert.NotContains(t, programs.Calls(t)[len(programs.Calls(t))-1], "removed.go")
	programs.Add(t, "gofmt", "echo main.go")
	require.EqualError(t, one(t, c, "check-gofmt"), "gofmt: files are not formatted: main.go; run make fmt")
}

func TestTheContractTestAsksTheBuiltPlugin(t *testing.T) {
	c, programs := checkout(t, needed...)
	require.NoError(t, os.MkdirAll(c.Clone.Path("toolchain/plugin-aws"), 0o755))
	programs.Add(t, "go", `echo "$BOTYARD_PLUGIN_AWS $CGO_ENABLED" >`+programs.Dir+`/asked`)
	c.PluginAWS = "/cache/plugin-aws/pulumi-resource-aws"
	require.NoError(t, one(t, c, "check-test-plugin-aws"))
	asked, err := os.ReadFile(filepath.Join(programs.Dir, "asked"))
	require.NoError(t, err)
	assert.Equal(t, "/cache/plugin-aws/pulumi-resource-aws 0\n", string(asked))
	assert.Contains(t, programs.Calls(t), "go test ./trim/... ./table/... ./surface/... ./contract/...")
}

func TestTheWardensTestsAreShortUnlessTheMachineIsSetUp(t *testing.T) {
	c, programs := checkout(t, needed...)
	require.NoError(t, os.MkdirAll(c.Clone.Path("images/warden"), 0o755))
	programs.Add(t, "go", `echo "$CGO_ENABLED" >`+programs.Dir+`/cgo`)
	require.NoError(t, one(t, c, "check-test-warden"))
	assert.Contains(t, programs.Calls(t), "go test -short ./...")

	c.Machine = []string{"docker-engine"}
	text, err := shown(t, c, "check-test-warden")
	require.NoError(t, err)
	assert.Contains(t, programs.Calls(t), "go test -timeout=15m ./...")
	assert.Contains(t, text, "without the race detector: there is no gcc on PATH")

	programs.Add(t, "gcc", "")
	text, err = shown(t, c, "check-test-warden")
	require.NoError(t, err)
	assert.Contains(t, programs.Calls(t), "go test -timeout=15m -race ./...")
	assert.Contains(t, text, "with the race detector")
	cgo, err := os.ReadFile(filepath.Join(programs.Dir, "cgo"))
	require.NoError(t, err)
	assert.Equal(t, "1\n", string(cgo))
}

func TestWhatNeedsTheMachineWaitsForIt(t *testing.T) {
	c, _ := checkout(t, needed...)
	c.Machine = []string{"docker-engine"}
	steps, err := c.Steps(t.Context())
	require.NoError(t, err)
	var waiting []string
	for _, s := range steps {
		if slices.Contains(s.Needs, "docker-engine") {
			waiting = append(waiting, s.Name)
		}
	}
	assert.Equal(t, []string{"check-test-plugin-docker", "test-venv", "emulator-test-venv", "lint-venv"}, waiting)
}

func TestSkippedBuildsAreSaid(t *testing.T) {
	c, programs := checkout(t, needed...)
	require.NoError(t, os.MkdirAll(c.Clone.Path("toolchain/plugin-docker"), 0o755))
	programs.Add(t, "go", "")
	programs.Add(t, "docker", "echo 'Cannot connect' >&2; exit 1")
	text, err := shown(t, c, "check-test-plugin-docker")
	require.NoError(t, err)
	assert.Contains(t, text, "SKIPPED all tests that build images: no Docker Engine answers: docker version --format {{.Server.Version}} failed: exit status 1: Cannot connect")

	programs.Add(t, "docker", "echo 20.10.24")
	text, err = shown(t, c, "check-test-plugin-docker")
	require.NoError(t, err)
	assert.NotContains(t, text, "SKIPPED")
}

func TestWorkflowsAreLintedWithTheirScripts(t *testing.T) {
	c, programs := checkout(t, append(needed, ".github/workflows/deliver.yml")...)
	steps, err := c.Steps(t.Context())
	require.NoError(t, err)
	at := slices.IndexFunc(steps, func(s step.Step) bool { return s.Name == "check-workflows" })
	assert.Equal(t, []string{"actionlint", "lint-venv"}, steps[at].Needs)

	linter, err := c.linter("actionlint", "", "")
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(linter.Path(c.Store), 0o755))
	script := "#!/bin/sh\necho \"$*\" >" + programs.Dir + "/called\nexit 1\n"
	require.NoError(t, os.WriteFile(filepath.Join(linter.Path(c.Store), "actionlint"), []byte(script), 0o755))
	require.Error(t, one(t, c, "check-workflows"))
	called, err := os.ReadFile(filepath.Join(programs.Dir, "called"))
	require.NoError(t, err)
	assert.Regexp(t, `^-no-color -pyflakes= -shellcheck=/\S+/lint-venv-\w+/bin/shellcheck .*\.github/workflows/deliver\.yml`, string(called))
}

func TestCountLeavesOutWhatIsBuiltForTheChecks(t *testing.T) {
	passed, failed := Count([]step.Timing{
		{Name: "check-gofmt", Result: "made"}, {Name: "check-ruff", Result: "failed"}, {Name: "test-venv", Result: "made"}, {Name: "check-shell", Result: "kept"},
	})
	assert.Equal(t, 2, passed)
	assert.Equal(t, 1, failed)
}
