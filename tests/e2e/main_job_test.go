//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheMainJob is the README's path from a clean clone to a clean machine. Its parts are
// steps of one story, each on what the last one left: the first failure ends it.
func TestTheMainJob(t *testing.T) {
	requireEngine(t)
	c := newClone(t)
	t.Cleanup(func() { c.down(t) })
	for _, step := range []struct {
		name string
		run  func(*testing.T, *clone)
	}{
		{"up deploys the fleet", upDeploys},
		{"the bot, the API and the listener work", servicesWork},
		{"logs are in CloudWatch Logs", logsArePrinted},
		{"up again changes nothing", upAgainChangesNothing},
		{"a one-line edit rebuilds one image", oneLineEdit},
		{"an edit of the requirements rebuilds their children", requirementsEdit},
		{"an image that does not build fails the update", brokenImage},
		{"a container that exits at once fails the update", brokenContainer},
		{"a failed one-off task fails the update", brokenMigration},
		{"a finding of the scan stops the update", findingStops},
		{"the SBOM of each layer is written", sbomOfEachLayer},
		{"a deploy of the bot is a handover", handover},
		{"a rollback runs what ran before, without a build", rollback},
		{"a restart is a handover too", restart},
		{"a rotated secret restarts just its consumers", rotation},
		{"drift is found", drift},
		{"an edit is live without a build", fromSource},
		{"an image is built from another repository", fromGit},
		{"another program reads the outputs", consumer},
		{"a killed task comes back", killedTask},
		{"a dead host's bot runs on the standby", deadHost},
		{"a host whose agent is dead is replaced", deadAgent},
		{"the alarm starts the stopped host", stoppedHost},
		{"a killed emulator comes back with its data", killedEmulator},
		{"an interrupted update recovers", interrupted},
		{"of two updates one waits", twoUpdates},
		{"an update that loses the network recovers", lostNetwork},
		{"data is not lost without an approval", guard},
		{"down removes all that up made", downRemovesAll},
	} {
		if !t.Run(step.name, func(t *testing.T) { step.run(t, c) }) {
			t.FailNow()
		}
	}
}

// requireEngine skips, loudly, where no Docker Engine answers: `make test` has started one where it can. In CI that is a
// failure.
func requireEngine(t *testing.T) {
	t.Helper()
	out, err := exec.Command("docker", "version", "--format", "{{.Server.Version}}").CombinedOutput()
	if err == nil {
		return
	}
	reason := fmt.Sprintf("NO END-TO-END TEST RUNS: no Docker Engine answers: %v: %s", err, strings.TrimSpace(string(out)))
	if os.Getenv("CI") == "true" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

func upDeploys(t *testing.T, c *clone) {
	result := c.must(t, "up")
	digests := c.digests(t)
	require.Len(t, digests, 8)
	table := tail(result.out, 25)
	require.Regexp(t, `member-listener +1/1 running +– +healthy`, table)
	for service, layer := range map[string]string{"bot": "bot", "leveling-api": "leveling-api", "member-listener": "member-listener"} {
		short := strings.TrimPrefix(digests[layer], "sha256:")[:12]
		require.Regexp(t, service+`.*1/1.*`+short, table)
	}
	require.Regexp(t, `bot +1/1 running +running +healthy +http://\S+/webhooks/ `, table, "with a standby")
	require.Contains(t, table, "curl ")
}

func servicesWork(t *testing.T, c *clone) {
	before := c.say(t, "ada", "hello")
	require.Len(t, before, 1)
	require.Contains(t, before[0], "Hello from botyard, ada!")
	c.say(t, "ada", "hello again")
	require.Regexp(t, `^ada, you are number 1 with \d+ points`, c.say(t, "ada", "!rank")[0])
	require.Contains(t, c.leaderboard(t), `"ada"`)
}

func logsArePrinted(t *testing.T, c *clone) {
	for _, service := range []string{"bot", "leveling-api", "member-listener"} {
		out := c.must(t, "logs", "SERVICE="+service, "FOLLOW=").out
		require.NotEmpty(t, strings.TrimSpace(out), service)
	}
	require.Contains(t, c.must(t, "logs", "SERVICE=member-listener", "FOLLOW=").out, "listening")
}

func upAgainChangesNothing(t *testing.T, c *clone) {
	before := c.digests(t)
	// Pulumi links the program to where Pulumi.yaml says, and an update that changes nothing finds it there.
	require.NoError(t, os.Remove(filepath.Join(c.dir, ".botyard/bin/botyard")))
	c.pulumi(t, "preview --stack local --expect-no-changes --non-interactive")
	linked := c.linked(t)
	result := c.must(t, "up")
	require.Equal(t, linked, c.linked(t), "the program was linked again")
	require.Regexp(t, `\b\d+ unchanged`, result.out)
	for _, word := range []string{" created", " updated", " replaced", " deleted"} {
		require.NotContains(t, summary(result.out), word)
	}
	require.Equal(t, before, c.digests(t))
}

// linked is when the program's file was made: Go gives one that it leaves as it is a new date, but not another birth.
func (c *clone) linked(t *testing.T) string {
	t.Helper()
	born := sh(t, c.dir, "stat --format %w .botyard/bin/botyard")
	require.Regexp(t, `^\d{4}-`, born, "this file system notes no birth of a file")
	return born
}

// summary is the part of an update's output that counts its changes.
func summary(out string) string {
	_, after, _ := strings.Cut(out, "Resources:")
	before, _, _ := strings.Cut(after, "Duration:")
	return before
}

func oneLineEdit(t *testing.T, c *clone) {
	before := c.digests(t)
	c.edit(t, "images/bot/bot/replies.py", `GREETING = "Hello from botyard"`, `GREETING = "Good evening"`)
	c.must(t, "up")
	require.Contains(t, c.say(t, "ada", "hello")[0], "Good evening, ada!")
	require.Equal(t, []string{"bot"}, changed(before, c.digests(t)))
}

func requirementsEdit(t *testing.T, c *clone) {
	c.must(t, "up") // undoes the last step's edit
	before := c.digests(t)
	c.edit(t, "images/python-deps/Dockerfile", "ARG PARENT", "# edited\nARG PARENT")
	edit := filepath.Join(c.dir, "images/python-deps/requirements.txt")
	text, err := os.ReadFile(edit)
	require.NoError(t, err)
	c.edit(t, "images/python-deps/requirements.txt", string(text), "# edited by a test\n"+string(text))
	c.must(t, "up")
	require.Equal(t, []string{"bot", "database-init", "leveling-api", "member-listener", "models", "python-deps"}, changed(before, c.digests(t)))
	require.Contains(t, c.leaderboard(t), `"ada"`, "points outlive a deploy")
}

// changed are the layers whose digests differ, sorted.
func changed(before, after map[string]string) []string {
	var layers []string
	for _, layer := range sorted(after) {
		if before[layer] != after[layer] {
			layers = append(layers, layer)
		}
	}
	return layers
}

func downRemovesAll(t *testing.T, c *clone) {
	result := c.must(t, "down")
	require.Contains(t, result.out, "cache")
	require.NoDirExists(t, filepath.Join(c.dir, ".botyard", "state"))
	for _, left := range []string{
		"docker ps -aq --filter label=ministack", "docker volume ls -q --filter label=ministack",
		"docker network ls -q --filter label=ministack",
	} {
		require.Empty(t, strings.TrimSpace(sh(t, c.dir, left)), left)
	}
	require.False(t, c.answers())
	again := c.must(t, "down") // nothing left to do is no failure
	require.NotContains(t, again.out, "Traceback")
}
