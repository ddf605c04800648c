//go:build e2e

package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func brokenImage(t *testing.T, c *clone) {
	c.must(t, "up") // undoes the last step's edit
	before := c.runningTasks(t)
	c.edit(t, "images/member-listener/Dockerfile", "USER app", "RUN echo the wheel is missing && exit 7\nUSER app")
	c.edit(t, "images/bot/bot/replies.py", `GREETING = "Hello from botyard"`, `GREETING = "Never deployed"`)
	result := c.make(t, "up")
	require.Error(t, result.err)
	require.Contains(t, result.out, "the wheel is missing")
	require.Contains(t, result.out, "exit code: 7")
	require.Equal(t, before, c.runningTasks(t), "a service was touched although an image failed")
	require.Contains(t, c.say(t, "ada", "hello")[0], "Hello from botyard")
}

func brokenContainer(t *testing.T, c *clone) {
	before := c.runningTasks(t)
	c.edit(t, "images/bot/bot/__main__.py", "import ", "raise SystemExit('this bot is broken on purpose')\nimport ")
	result := c.make(t, "up")
	require.Error(t, result.err, "a rollback must fail the update")
	require.Contains(t, result.out, "service bot: the deployment of")
	require.Contains(t, result.out, "this bot is broken on purpose")
	require.Contains(t, result.out, "exited with code 1")
	waitFor(t, 60*time.Second, "the old bot answers", c.answers)
	after := c.runningTasks(t)
	require.Equal(t, before["leveling-api"], after["leveling-api"])
	require.Len(t, after["bot"], 2, "the bot and its standby")
	for _, task := range after["bot"] {
		require.Equal(t, before["bot"][0].definition, task.definition, "both went back to the last good revision")
	}
}

func brokenMigration(t *testing.T, c *clone) {
	c.must(t, "up") // undoes the last step's edit
	before := c.runningTasks(t)
	c.edit(t, "images/leveling-api/manage.py", "import ", "raise SystemExit('no migration today')\nimport ")
	result := c.make(t, "up")
	require.Error(t, result.err)
	require.Contains(t, result.out, "leveling-api: before: the one-off task failed")
	require.Contains(t, result.out, "no migration today")
	require.Equal(t, before, c.runningTasks(t))
}
