//go:build e2e

package e2e

import (
	"fmt"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func killedTask(t *testing.T, c *clone) {
	c.must(t, "up")
	holder := c.holder(t)
	sh(t, c.dir, "docker kill "+holder)
	waitFor(t, 60*time.Second, "the bot answers again", c.answers)
	require.NotEqual(t, holder, c.holder(t), "the standby has taken over")
	waitFor(t, 60*time.Second, "there is a standby again", func() bool { return len(c.runningTasks(t)["bot"]) == 2 })
}

func killedEmulator(t *testing.T, c *clone) {
	points := c.points(t, "ada")
	sh(t, c.dir, "kill -9 $(cat .botyard/emulator/*.pid)")
	c.must(t, "up")
	waitFor(t, 60*time.Second, "the bot answers again", c.answers)
	require.Greater(t, c.points(t, "ada"), points, "the last message earned points, and none are lost")
	tasks := c.runningTasks(t)
	require.Len(t, tasks["leveling-api"], 1)
	require.Len(t, tasks["member-listener"], 1)
	require.Len(t, tasks["bot"], 2, "one and its standby")
	c.holder(t)
	c.pulumi(t, "preview --stack local --expect-no-changes --non-interactive")
}

// points asks the bot for somebody's points.
func (c *clone) points(t *testing.T, sender string) int {
	t.Helper()
	said := regexp.MustCompile(`with (\d+) points`).FindStringSubmatch(c.say(t, sender, "!rank")[0])
	require.Len(t, said, 2)
	points, err := strconv.Atoi(said[1])
	require.NoError(t, err)
	return points
}

// interrupted ends an update with a change at two moments and by two signals; the next one recovers.
func interrupted(t *testing.T, c *clone) {
	for _, how := range []struct {
		signal syscall.Signal
		after  time.Duration
	}{{syscall.SIGINT, 4 * time.Second}, {syscall.SIGKILL, 3 * time.Second}, {syscall.SIGKILL, 6 * time.Second}} {
		t.Run(fmt.Sprintf("%v after %s", how.signal, how.after), func(t *testing.T) {
			c.edit(t, "images/bot/bot/replies.py", `"Hello from botyard`, fmt.Sprintf(`"Hello %d from botyard`, how.after))
			cmd := c.command(t.Context(), "up")
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			require.NoError(t, cmd.Start())
			time.Sleep(how.after)
			require.NoError(t, syscall.Kill(-cmd.Process.Pid, how.signal))
			require.Error(t, cmd.Wait(), "it was over before it was stopped")
			require.Empty(t, sh(t, c.dir, "find .botyard/state -name '*.attrs'"), "half a file of these hides the state behind it")
			c.must(t, "up")
			require.Contains(t, c.say(t, "ada", "hello")[0], fmt.Sprintf("Hello %d", how.after))
			c.pulumi(t, "preview --stack local --expect-no-changes --non-interactive")
		})
	}
}
