package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const well = `{"services": [{"service": "bot", "state": "running", "running": 1, "wanted": 1, "standby": "–", "health": "healthy"}], "alarms": []}`

// world is a checkout that delivers dev to staging, with stand-ins of pulumi and yard that note how they are called.
func world(t *testing.T, pulumi, status string) (calls func() string) {
	t.Helper()
	t.Chdir(t.TempDir())
	write := func(name, text string, mode os.FileMode) {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), mode))
	}
	write(".github/environments.yaml", "branches: {dev: staging, master: prod}\n", 0o644)
	write("Pulumi.staging.yaml", "config: {}\n", 0o644)
	write("bin/pulumi", "#!/bin/sh\necho pulumi \"$@\" >>calls\n"+pulumi+"\n", 0o755)
	write("yard", "#!/bin/sh\necho yard \"$@\" >>calls\ncat <<'E'\n"+status+"\nE\n", 0o755)
	here, err := os.Getwd()
	require.NoError(t, err)
	t.Setenv("PATH", filepath.Join(here, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
	return func() string {
		text, _ := os.ReadFile("calls") // none: nothing was called
		return string(text)
	}
}

// printed is what do prints.
func printed(t *testing.T, do func() error) (string, error) {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	defer file.Close()
	before := os.Stdout
	os.Stdout = file
	defer func() { os.Stdout = before }()
	result := do()
	text, err := os.ReadFile(file.Name())
	require.NoError(t, err)
	return string(text), result
}

func TestADeliveryIsAnUpdateAndItsVerification(t *testing.T) {
	calls := world(t, "echo updating", well)
	out, err := printed(t, func() error {
		return deliver(t.Context(), []string{"--branch", "dev", "--yard", "./yard", "--within", "1s"})
	})
	require.NoError(t, err)
	assert.Equal(t, "delivering branch dev to stack staging\nupdating\nverified: every service runs as wanted and is healthy, and no alarm is on\n", out)
	assert.Equal(t, "pulumi up --yes --stack staging --non-interactive\nyard status --stack staging --json\n", calls())
}

func TestAnUnknownBranchTouchesNothing(t *testing.T) {
	calls := world(t, "", well)
	require.EqualError(t, deliver(t.Context(), []string{"--branch", "main"}),
		`branch "main" is delivered nowhere: .github/environments.yaml has dev → staging, master → prod; name one of these, or add it there`)
	require.EqualError(t, deliver(t.Context(), []string{"--branch", "master"}),
		"branch master goes to stack prod, of which there is no Pulumi.prod.yaml; write it (examples/staging has one), or take the branch out of .github/environments.yaml")
	assert.Empty(t, calls())
}

func TestAnUpdateThatFailsIsNotVerified(t *testing.T) {
	calls := world(t, "exit 255", well)
	_, err := printed(t, func() error { return deliver(t.Context(), []string{"--branch", "dev", "--yard", "./yard"}) })
	require.EqualError(t, err, "stack staging is not delivered: pulumi up --yes: exit status 255; the reasons stand above, and what ran before goes on running")
	assert.NotContains(t, calls(), "yard")
}

func TestADeliveryThatDoesNotHoldFails(t *testing.T) {
	world(t, "", strings.Replace(well, `"healthy"`, `"unhealthy"`, 1))
	_, err := printed(t, func() error {
		return deliver(t.Context(), []string{"--branch", "dev", "--yard", "./yard", "--within", "1s"})
	})
	require.EqualError(t, err, "the stack is not as it should be after 1s:\nservice bot is not healthy: its health is unhealthy")
	_, err = printed(t, func() error {
		return verifyStack(t.Context(), []string{"--stack", "staging", "--yard", "./yard", "--within", "1s"})
	})
	require.ErrorContains(t, err, "service bot is not healthy")
	require.EqualError(t, verifyStack(t.Context(), nil), "--stack is needed: see --help")
}

func TestStackOfSaysNothingOfAnotherBranchIfAsked(t *testing.T) {
	world(t, "", "")
	out, err := printed(t, func() error { return stackOf(t.Context(), []string{"--branch", "dev"}) })
	require.NoError(t, err)
	assert.Equal(t, "staging\n", out)
	out, err = printed(t, func() error { return stackOf(t.Context(), []string{"--branch", "x", "--optional"}) })
	require.NoError(t, err)
	assert.Empty(t, out)
	out, err = printed(t, func() error { return stacks(t.Context(), nil) })
	require.NoError(t, err)
	assert.Equal(t, `{"include":[{"branch":"dev","stack":"staging"},{"branch":"master","stack":"prod"}]}`+"\n", out)

	require.Error(t, stackOf(t.Context(), []string{"--branch", "x"}))
	require.EqualError(t, stackOf(t.Context(), []string{"--optional"}), "which branch? name it: BRANCH=master", "to name none is a mistake of the caller")
}

func TestPostSendsStandardInput(t *testing.T) {
	var sent string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, "[]")
			return
		}
		text, _ := io.ReadAll(r.Body)
		sent = r.URL.Path + " " + string(text)
		_, _ = io.WriteString(w, `{"html_url": "https://github.test/1"}`)
	}))
	defer server.Close()
	t.Setenv("GITHUB_API_URL", server.URL)
	t.Setenv("GITHUB_TOKEN", "t")
	file := filepath.Join(t.TempDir(), "comment.md")
	require.NoError(t, os.WriteFile(file, []byte("<!-- botyard preview: prod -->\nhello"), 0o644))
	in, err := os.Open(file)
	require.NoError(t, err)
	before := os.Stdin
	os.Stdin = in
	defer func() { os.Stdin = before }()
	out, err := printed(t, func() error { return post(t.Context(), []string{"--repository", "a/b", "--pull-request", "7"}) })
	require.NoError(t, err)
	assert.Equal(t, "comment written: https://github.test/1\n", out)
	assert.Equal(t, `/repos/a/b/issues/7/comments {"body":"\u003c!-- botyard preview: prod --\u003e\nhello"}`, sent)
	require.EqualError(t, post(t.Context(), nil), "--pull-request is needed, a number: see --help")
}
