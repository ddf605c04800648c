package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/tests/checkout"
)

// fakeYard is a yard whose pulumi notes how it was called, and whose stack is well.
const fakeYard = `#!/bin/sh
here=$(dirname "$0")
echo "yard $*" >>"$here/calls"
case "$1" in
env) echo "export PATH='$here':\"\$PATH\"" ;;
status) echo '{"services": [{"service": "bot", "state": "running", "running": 1, "wanted": 1, "standby": "–", "health": "healthy"}]}' ;;
esac
`

const fakeCLI = `#!/bin/sh
echo "pulumi $*" >>"$(dirname "$0")/calls"
case "$1" in
stack) echo '{}' ;;
preview) echo '{"config": {}, "changeSummary": {"same": 3}}' ;;
esac
`

// workshop is a copy of the checkout that has a stack staging, a way to run make in it, and what yard and pulumi were
// called with. `-o yard` keeps make from compiling the real one.
func workshop(t *testing.T) (run func(env []string, args ...string) string, calls func() string) {
	t.Helper()
	top := t.TempDir()
	root, tools := filepath.Join(top, "copy"), filepath.Join(top, "tools")
	require.NoError(t, checkout.Copy("..", root))
	stack, err := os.ReadFile("../examples/staging/Pulumi.staging.yaml")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(root, "Pulumi.staging.yaml"), stack, 0o644))
	require.NoError(t, os.MkdirAll(tools, 0o755))
	for name, text := range map[string]string{"yard": fakeYard, "pulumi": fakeCLI} {
		require.NoError(t, os.WriteFile(filepath.Join(tools, name), []byte(text), 0o755))
	}
	run = func(env []string, args ...string) string {
		cmd := exec.Command("make", append([]string{"-s", "-o", "yard", "YARD=" + filepath.Join(tools, "yard")}, args...)...)
		cmd.Dir, cmd.Env = root, append(os.Environ(), append(env, "MAKEFLAGS=", "MAKELEVEL=")...)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		return string(out)
	}
	return run, func() string {
		text, err := os.ReadFile(filepath.Join(tools, "calls"))
		require.NoError(t, err)
		require.NoError(t, os.Remove(filepath.Join(tools, "calls")))
		return string(text)
	}
}

// TestTheMakeTargets runs what the workflows and the Jenkinsfile call, as they call it.
func TestTheMakeTargets(t *testing.T) {
	run, calls := workshop(t)
	t.Run("deliver", func(t *testing.T) { testDelivering(t, run, calls) })
	t.Run("GitHub", func(t *testing.T) { testAskingGitHub(t, run) })
	t.Run("images", func(t *testing.T) { testBuilding(t, run) })
	t.Run("train", func(t *testing.T) { testTraining(t, run) })
}

func testDelivering(t *testing.T, run func(env []string, args ...string) string, calls func() string) {
	dev := []string{"BRANCH=dev"}
	assert.Equal(t, "staging\n", run(dev, "stack-of", "OPTIONAL=1"))
	odd := []string{"BRANCH=$(shell touch pwned)`touch pwned`'\";touch pwned"}
	assert.Contains(t, run(odd, "stack-of", "OPTIONAL=1"), "touch pwned\" is delivered nowhere: ", "a name is never a command")
	assert.Equal(t, "all code is in this repository: nothing to fetch\n", run(dev, "sources"))

	const well = "verified: every service runs as wanted and is healthy, and no alarm is on\n"
	assert.Equal(t, "delivering branch dev to stack staging\n"+well, run(dev, "deliver"))
	assert.Equal(t, "yard env --stack staging\npulumi up --yes --stack staging --non-interactive\nyard status --stack staging --json\n", calls())
	assert.Equal(t, well, run(nil, "verify", "STACK=staging"))
	assert.Equal(t, "yard status --stack staging --json\n", calls())

	assert.Contains(t, run(nil, "preview-comment", "STACK=staging"), "<!-- botyard preview: staging -->\n## Preview of stack `staging`\n**Nothing to do.** 3 stay as they are.\n")
	assert.Equal(t, "yard env --stack staging\npulumi stack output --json --stack staging --non-interactive\npulumi preview --json --stack staging --non-interactive\n", calls())
}

func testAskingGitHub(t *testing.T, run func(env []string, args ...string) string) {
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Method+" "+r.URL.Path)
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, `[{"id": 4, "body": "<!-- botyard preview: prod -->\nold", "user": {"login": "jenkins"}}]`)
			return
		}
		_, _ = io.WriteString(w, `{"html_url": "https://github.test/4"}`)
	}))
	defer server.Close()
	env := []string{"GITHUB_API_URL=" + server.URL, "GITHUB_TOKEN=t", "BRANCH=dev"}
	comment := filepath.Join(t.TempDir(), "comment.md")
	require.NoError(t, os.WriteFile(comment, []byte("<!-- botyard preview: prod -->\nnew"), 0o644))
	assert.Equal(t, "comment updated: https://github.test/4\n", run(env, "post-comment", "REPOSITORY=a/b", "PULL_REQUEST=7", "AUTHOR=jenkins", "COMMENT="+comment))
	assert.Equal(t, "comment written: https://github.test/4\n", run(env, "post-comment", "REPOSITORY=a/b", "PULL_REQUEST=7", "COMMENT="+comment))
	assert.Equal(t, "asked a/b to deliver branch dev\n", run(env, "dispatch", "REPOSITORY=a/b"))
	assert.Equal(t, []string{
		"GET /repos/a/b/issues/7/comments", "PATCH /repos/a/b/issues/comments/4", "GET /repos/a/b/issues/7/comments", "POST /repos/a/b/issues/7/comments",
		"POST /repos/a/b/dispatches",
	}, got)
}

func testBuilding(t *testing.T, run func(env []string, args ...string) string) {
	docker, err := filepath.Abs("internal/images/testdata")
	require.NoError(t, err)
	log := filepath.Join(t.TempDir(), "calls")
	out := run([]string{"PATH=" + docker + string(os.PathListSeparator) + os.Getenv("PATH"), "CALLS=" + log, "BUILDX=yes"}, "images", "STACK=prod")
	assert.Regexp(t, `\n\nLAYER +SECONDS  RESULT\nbase +\d\.\d +built\nwarden +\d\.\d +built\n`, out)
	called, err := os.ReadFile(log)
	require.NoError(t, err)
	assert.Contains(t, string(called), "--tag botyard-check/bot:")
}

func testTraining(t *testing.T, run func(env []string, args ...string) string) {
	docker, err := filepath.Abs("internal/images/testdata")
	require.NoError(t, err)
	log := filepath.Join(t.TempDir(), "calls")
	out := run([]string{"PATH=" + docker + string(os.PathListSeparator) + os.Getenv("PATH"), "CALLS=" + log, "BUILDX=yes", "INSIDE=/model/intents.json"}, "train", "STACK=wulu")
	assert.Regexp(t, `^base: built in \d\.\d s\nintents: built in \d\.\d s\n\n`, out)
	assert.Contains(t, out, "\n.botyard/models/intents.json: 8 bytes, sha256:1706adee0075")
	assert.Contains(t, out, "\nTo upload it: make model NAME=intents FILE=.botyard/models/intents.json STACK=wulu\n")
	called, err := os.ReadFile(log)
	require.NoError(t, err)
	assert.NotContains(t, string(called), "--tag botyard-check/chat", "what the training does not need is not built")
}
