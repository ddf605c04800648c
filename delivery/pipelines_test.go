package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"botyard/delivery/internal/branches"
	"botyard/delivery/internal/github"
)

// workflow is what the rules below need of one.
type workflow struct {
	Permissions map[string]string
	Jobs        map[string]struct {
		If          string
		Permissions map[string]string
		Concurrency any
		Steps       []struct {
			Run  string
			Uses string
			With map[string]string
		}
	}
}

func workflows(t *testing.T) map[string]workflow {
	t.Helper()
	all := map[string]workflow{}
	for _, pattern := range []string{"../.github/workflows/*.yml", "../examples/dispatch/*.yml"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			var w workflow
			require.NoError(t, yaml.Unmarshal(text, &w), file)
			all[filepath.Base(file)] = w
		}
	}
	require.Len(t, all, 5)
	return all
}

// targets are those of the Makefile.
func targets(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../Makefile")
	require.NoError(t, err)
	var names []string
	for _, match := range regexp.MustCompile(`(?m)^([a-z-]+):`).FindAllStringSubmatch(string(text), -1) {
		names = append(names, match[1])
	}
	return names
}

var (
	makeCall = regexp.MustCompile(`^(?:stacks?=\$\()?make (?:-s )?([a-z-]+)( [A-Z_]+=(?:"\$[A-Z_]+"|1))*\)?(?: >comment\.md)?$`)
	echo     = regexp.MustCompile(`^echo "[^"]*"(?: >>"\$GITHUB_OUTPUT")?$`)
)

// assertMakes holds that a step's script calls make targets that there are, with plain values, and does nothing else.
func assertMakes(t *testing.T, where, script string) {
	t.Helper()
	for line := range strings.Lines(script) {
		line = strings.TrimSpace(line)
		if echo.MatchString(line) {
			continue
		}
		call := makeCall.FindStringSubmatch(line)
		if assert.NotNil(t, call, "%s: %q is no plain call of make", where, line) {
			assert.Contains(t, targets(t), call[1], where)
		}
	}
}

func TestNothingLivesOnlyInAWorkflow(t *testing.T) {
	for name, w := range workflows(t) {
		for job, j := range w.Jobs {
			for _, step := range j.Steps {
				assertMakes(t, name+": "+job, step.Run)
			}
		}
	}
}

func TestNothingLivesOnlyInTheJenkinsfile(t *testing.T) {
	text, err := os.ReadFile("../Jenkinsfile")
	require.NoError(t, err)
	calls := regexp.MustCompile(`(?:sh|script:) '([^']*)'`).FindAllStringSubmatch(string(text), -1)
	require.Len(t, calls, 8)
	for _, call := range calls {
		assertMakes(t, "Jenkinsfile", strings.TrimSuffix(call[1], " "))
	}
	assert.Equal(t, len(calls), strings.Count(string(text), "sh '")+strings.Count(string(text), "sh("), "every script is looked at")
}

// TestEveryActionIsPinned holds that a tag that is moved, or an account that is taken over, changes nothing here.
func TestEveryActionIsPinned(t *testing.T) {
	pinned := regexp.MustCompile(`^\s*(?:- )?uses: (?:[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\./\.github/actions/set-up)$`)
	own := regexp.MustCompile(`^\s*uses: society/botyard/\.github/workflows/dispatch\.yml@master$`)
	files, err := filepath.Glob("../.github/*/*.yml")
	require.NoError(t, err)
	files = append(files, "../.github/actions/set-up/action.yml", "../examples/dispatch/deliver-fleet.yml")
	versions, found := map[string]string{}, 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for line := range strings.Lines(string(text)) {
			line = strings.TrimRight(line, "\n")
			if !strings.Contains(line, "uses: ") || own.MatchString(line) {
				continue
			}
			found++
			assert.Regexp(t, pinned, line, file)
			action, version, _ := strings.Cut(line[strings.Index(line, "uses: "):], "@")
			if versions[action] == "" {
				versions[action] = version
			}
			assert.Equal(t, versions[action], version, "%s has one version everywhere", action)
		}
	}
	assert.Greater(t, found, 20)
}

// TestPermissions holds who may write what: nobody but the comment's job to a pull request, nobody but those that need AWS a
// token for it, and no job both.
func TestPermissions(t *testing.T) {
	granted := map[string][]string{}
	for name, w := range workflows(t) {
		for scope, right := range w.Permissions {
			assert.Equal(t, "contents: read", scope+": "+right, name)
		}
		for job, j := range w.Jobs {
			for scope, right := range j.Permissions {
				if right != "read" {
					granted[name+" "+job] = append(granted[name+" "+job], scope)
				}
			}
		}
	}
	assert.Equal(t, map[string][]string{
		"pull-request.yml preview": {"id-token"}, "pull-request.yml comment": {"pull-requests"}, "deliver.yml deliver": {"id-token"}, "drift.yml drift": {"id-token"},
	}, granted)
}

// TestAForkGetsNoCredentials holds that each job with a secret, a role or a machine of our own is for our own branches, or
// gives the secret to these alone.
func TestAForkGetsNoCredentials(t *testing.T) {
	const ours = "github.event.pull_request.head.repo.full_name == github.repository"
	text, err := os.ReadFile("../.github/workflows/pull-request.yml")
	require.NoError(t, err)
	jobs := workflows(t)["pull-request.yml"].Jobs
	for _, job := range []string{"preview", "end-to-end"} {
		assert.Contains(t, jobs[job].If, ours)
		assert.NotContains(t, jobs[job].If, "||")
	}
	assert.Contains(t, jobs["comment"].If, "needs.preview.result != 'skipped'")
	assert.Contains(t, string(text), "if: vars.FLEET_APP_ID != '' && "+ours)
	assert.Equal(t, 2, strings.Count(string(text), "secrets."), "each of them behind such a condition")
	assert.NotContains(t, string(text), "pull_request_target")
}

func TestADeliveryIsNeverCutOff(t *testing.T) {
	job := workflows(t)["deliver.yml"].Jobs["deliver"]
	assert.Equal(t, map[string]any{"group": "deliver-${{ needs.stack.outputs.stack }}", "cancel-in-progress": false}, job.Concurrency)
}

// TestTheDispatchIsHeard holds that what is sent is what deliver.yml waits for, and that the example knows the branches.
func TestTheDispatchIsHeard(t *testing.T) {
	var deliver struct {
		On struct {
			Dispatch struct{ Types []string } `yaml:"repository_dispatch"`
		}
	}
	read := func(file string, into any) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, yaml.Unmarshal(text, into))
	}
	read("../.github/workflows/deliver.yml", &deliver)
	assert.Equal(t, []string{github.Event}, deliver.On.Dispatch.Types)

	var example struct {
		On struct{ Push struct{ Branches []string } }
	}
	read("../examples/dispatch/deliver-fleet.yml", &example)
	table, err := branches.Read("..")
	require.NoError(t, err)
	for branch := range table {
		assert.True(t, slices.Contains(example.On.Push.Branches, branch), branch)
	}
	assert.Len(t, example.On.Push.Branches, len(table))
}
