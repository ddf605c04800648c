//go:build e2e

// Package e2e drives the product as its user does: make up, curl, edit, make up again, on the
// emulator of this machine with real containers. It works on a copy of the checkout, so that
// no edit of the user's is touched, and leaves nothing behind.
package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"botyard/tests/channel"
	"botyard/tests/checkout"
)

// clone is a copy of the checkout that the tests work on.
type clone struct {
	dir string
}

// newClone copies what git tracks and what it does not ignore, with the history that the
// images' labels come from.
func newClone(t *testing.T) *clone {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	dir := filepath.Join(t.TempDir(), "botyard")
	require.NoError(t, checkout.Copy(root, dir))
	return &clone{dir: dir}
}

// made is what a make target printed and how it ended.
type made struct {
	out     string
	err     error
	seconds float64
}

// make runs a make target in the clone and returns how it ended; output goes to the test's log too.
func (c *clone) make(t *testing.T, args ...string) made {
	t.Helper()
	var out bytes.Buffer
	began := time.Now()
	cmd := c.command(t.Context(), args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	result := made{out: out.String(), err: err, seconds: time.Since(began).Seconds()}
	t.Logf("make %s: %.1f s, error %v\n%s", strings.Join(args, " "), result.seconds, err, tail(result.out, 60))
	return result
}

// down removes all that up made, also after the test's own context has ended.
func (c *clone) down(t *testing.T) {
	t.Helper()
	if out, err := c.command(context.Background(), "down").CombinedOutput(); err != nil {
		t.Errorf("make down: %v\n%s", err, out)
	}
}

func (c *clone) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "make", append([]string{"--no-print-directory", "-C", c.dir}, args...)...)
	cmd.Env = append(os.Environ(), "BOTYARD_TOOLCHAIN="+os.Getenv("BOTYARD_TOOLCHAIN"))
	return cmd
}

// must is make for a target that has to succeed.
func (c *clone) must(t *testing.T, args ...string) made {
	t.Helper()
	result := c.make(t, args...)
	require.NoError(t, result.err, "make %s failed", strings.Join(args, " "))
	return result
}

// pulumi runs the Pulumi CLI against the local stack, with the environment of `make env`.
func (c *clone) pulumi(t *testing.T, args string) string {
	t.Helper()
	return sh(t, c.dir, `eval "$(make -s env)" && pulumi `+args)
}

// edit replaces the first old by new in a file of the clone and undoes it when the test ends.
func (c *clone) edit(t *testing.T, file, old, new string) {
	t.Helper()
	path := filepath.Join(c.dir, file)
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(before), old, "%s does not hold the text to edit", file)
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(before), old, new, 1)), 0o644))
	t.Cleanup(func() { require.NoError(t, os.WriteFile(path, before, 0o644)) })
}

// outputs are the stack's outputs.
func (c *clone) outputs(t *testing.T) map[string]json.RawMessage {
	t.Helper()
	var outputs map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(c.pulumi(t, "stack output --json --stack local")), &outputs))
	return outputs
}

// digests are the layers' digests by name.
func (c *clone) digests(t *testing.T) map[string]string {
	t.Helper()
	var references map[string]string
	require.NoError(t, json.Unmarshal(c.outputs(t)["imageDigests"], &references))
	for layer, reference := range references {
		_, digest, found := strings.Cut(reference, "@")
		require.True(t, found, reference)
		references[layer] = digest
	}
	return references
}

// say sends a message to the bot's REST channel, through the load balancer, and returns its replies' texts.
func (c *clone) say(t *testing.T, sender, message string) []string {
	t.Helper()
	bot, err := channel.Local(c.dir)
	require.NoError(t, err)
	texts, err := bot.Say(sender, message, 20*time.Second)
	require.NoError(t, err)
	return texts
}

// answers tells whether the bot's REST channel answers.
func (c *clone) answers() bool {
	bot, err := channel.Local(c.dir)
	if err != nil {
		return false
	}
	_, err = bot.Say("probe", "hello", 2*time.Second)
	return err == nil
}

// leaderboard asks the leveling API through the load balancer.
func (c *clone) leaderboard(t *testing.T) string {
	t.Helper()
	api, err := channel.Local(c.dir)
	require.NoError(t, err)
	text, err := api.Get("/leaderboard", 20*time.Second)
	require.NoError(t, err)
	return text
}

func sh(t *testing.T, dir, script string) string {
	t.Helper()
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", script)
	cmd.Dir = dir
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	require.NoError(t, err, "%s\n%s%s", script, out.String(), errs.String())
	return out.String()
}

func tail(text string, lines int) string {
	all := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
