//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"botyard/tests/channel"
)

// TestProdOnTheEmulator previews prod without an AWS account and brings it up as a whole, as
// it would go to AWS: HTTPS, protected database, and secrets whose values somebody must set.
func TestProdOnTheEmulator(t *testing.T) {
	requireEngine(t)
	requests := filepath.Join(t.TempDir(), "requests.jsonl")
	t.Setenv("REQUEST_LOG", requests)
	c := newClone(t)
	plantCanary(t, c)
	t.Cleanup(func() { c.down(t) })

	preview := c.must(t, "preview", "STACK=prod").out
	require.Regexp(t, `\d+ to create`, preview)
	for _, resource := range []string{"aws:acm:Certificate", "aws:rds:Instance", "aws:autoscaling:Group", "aws:secretsmanager:Secret"} {
		require.Contains(t, strings.ReplaceAll(preview, "/", ":"), resource)
	}

	first, err := c.yard("up", "--stack", "prod", "--emulated")
	t.Log(tail(first, 40))
	require.Error(t, err, "the token has no value yet")
	require.Contains(t, first, "secret botyard/prod/discord-token has no value yet, so no service that uses it is touched")
	require.Empty(t, c.runningTasks(t)["bot"])

	// A blank token keeps the bots off Discord: this machine has no way there.
	c.ask(t, `aws("secretsmanager").put_secret_value(SecretId="botyard/prod/discord-token", SecretString=" ")`)
	before := len(read(t, requests))
	sh(t, c.dir, "printf %s "+canary+" | .botyard/bin/yard secret --stack prod --emulated --name canary")
	after := len(read(t, requests))
	second, err := c.yard("up", "--stack", "prod", "--emulated")
	t.Log(tail(second, 40))
	require.NoError(t, err)
	// The emulator serves no TLS, and prod's port 80 only redirects: so the bot is asked past the load balancer.
	port := strings.TrimSpace(sh(t, c.dir, `docker port "$(docker ps -q --filter label=com.amazonaws.ecs.container-name=bot | head -1)" 5005/tcp`))
	replies, err := channel.Channel{Base: "http://" + port}.Say("grace", "hello", 20*time.Second)
	require.NoError(t, err)
	require.Contains(t, replies[0], "Hello from botyard, grace!")
	tasks := c.runningTasks(t)
	for _, service := range []string{"bot", "leveling-api", "member-listener"} {
		require.NotEmpty(t, tasks[service], service)
	}
	record := read(t, requests)
	canaryIsCaged(t, c, record)
	theRecordHolds(t, c, record[:before]+record[after:]) // a secret is set by a person
	rolesAreDeclared(t, c)
}

// emulatorPython is a shell's word for the interpreter that has the emulator's packages.
const emulatorPython = `"$(ls -d "${XDG_CACHE_HOME:-$HOME/.cache}"/botyard/emulator-venv-*/bin/python | head -1)"`

// read is a file's text.
func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// yard runs the launcher that make has compiled.
func (c *clone) yard(args ...string) (string, error) {
	cmd := exec.Command(filepath.Join(c.dir, ".botyard", "bin", "yard"), args...)
	cmd.Dir = c.dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}
