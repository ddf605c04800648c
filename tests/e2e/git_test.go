//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fromGit builds the bot from another repository: a branch that moves is what makes it build again.
func fromGit(t *testing.T, c *clone) {
	repository := filepath.Join(t.TempDir(), "bot")
	sh(t, c.dir, `git init --quiet --initial-branch master `+repository+` && cp -r images/bot `+repository+`/service && cd `+repository+` &&
		git config user.email test@example.org && git config user.name test && git add --all && git commit --quiet --message 'The bot'`)
	commit := func() string { return strings.TrimSpace(sh(t, repository, "git rev-parse HEAD")) }
	c.edit(t, "Pulumi.local.yaml", "  botyard:without:",
		"  botyard:images: {bot: {context: null, git: {url: 'file://"+repository+"', ref: master, path: service}}}\n  botyard:without:")
	c.must(t, "up")
	before, first := c.digests(t), commit()
	var commits map[string]string
	require.NoError(t, json.Unmarshal(c.outputs(t)["imageCommits"], &commits))
	require.Equal(t, map[string]string{"bot": first}, commits)
	require.Contains(t, c.say(t, "ada", "hello")[0], "Hello from botyard")
	require.NotRegexp(t, `created|updated|replaced|deleted`, summary(c.must(t, "up").out))

	sh(t, repository, `sed -i 's/"Hello from botyard"/"Hello from git"/' service/bot/replies.py && git commit --quiet --all --message 'Another greeting'`)
	moved := c.must(t, "up").out
	require.Contains(t, moved, "images.bot: master moved from "+first[:7]+" to "+commit()[:7])
	require.Contains(t, c.say(t, "ada", "hello")[0], "Hello from git")
	require.Equal(t, []string{"bot"}, changed(before, c.digests(t)))

	running := c.runningTasks(t)
	require.NoError(t, os.Rename(repository, repository+"-away"))
	gone := c.make(t, "up")
	require.Error(t, gone.err)
	require.Contains(t, gone.out, "botyard:images.bot.git")
	require.Equal(t, running, c.runningTasks(t), "nothing was touched")
}
