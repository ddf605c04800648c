//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// started is a make up that runs.
type started struct {
	cmd *exec.Cmd
	out bytes.Buffer
}

func (c *clone) startUp(t *testing.T) *started {
	t.Helper()
	s := &started{cmd: c.command(t.Context(), "up")}
	s.cmd.Stdout, s.cmd.Stderr = &s.out, &s.out
	require.NoError(t, s.cmd.Start())
	return s
}

// atWork waits until an update holds the stack's lock.
func (c *clone) atWork(t *testing.T) {
	t.Helper()
	waitFor(t, 60*time.Second, "Pulumi is at work", func() bool {
		locks, err := filepath.Glob(filepath.Join(c.dir, ".botyard/state/.pulumi/locks/organization/botyard/local/*.json"))
		return err == nil && len(locks) == 1
	})
}

// twoUpdates starts a second update by make, and one by Pulumi's own command, while the first is at work.
func twoUpdates(t *testing.T, c *clone) {
	c.must(t, "up")
	before := c.release(t)
	c.edit(t, "images/bot/bot/replies.py", `"Hello from botyard`, `"Hello twice from botyard`)
	first := c.startUp(t)
	c.atWork(t)
	second := c.startUp(t)
	out, err := exec.Command("bash", "-c", fmt.Sprintf(`cd %q && eval "$(make -s env)" && pulumi up --yes --skip-preview --stack local --non-interactive`, c.dir)).CombinedOutput()
	require.Error(t, err, "%s", out)
	require.Contains(t, string(out), "the stack is currently locked by 1 lock(s)")
	require.NoError(t, first.cmd.Wait(), "%s", &first.out)
	require.NoError(t, second.cmd.Wait(), "%s", &second.out)
	require.Regexp(t, `waiting for the yard of process \d+ in this clone`, second.out.String())
	require.NotContains(t, summary(second.out.String()), "updated", "the first had done it all")
	require.Contains(t, c.say(t, "ada", "hello")[0], "Hello twice")
	require.Equal(t, before+1, c.release(t))
	require.Len(t, c.runningTasks(t)["bot"], 2, "one and its standby")
}

// lostNetwork takes AWS away in the middle of an update: the image is pushed, the service is being changed.
func lostNetwork(t *testing.T, c *clone) {
	before := c.release(t)
	c.edit(t, "images/bot/bot/replies.py", `"Hello from botyard`, `"Hello again from botyard`)
	log := filepath.Join(c.dir, ".botyard/logs/pulumi.log")
	require.NoError(t, os.Remove(log)) // the last update's
	update := c.startUp(t)
	waitFor(t, 120*time.Second, "the new bot is being rolled out", func() bool {
		text, err := os.ReadFile(log)
		return err == nil && regexp.MustCompile(`bot: \S+ in progress`).Match(text)
	})
	sh(t, c.dir, "kill -9 $(cat .botyard/emulator/*.pid)")
	require.Error(t, update.cmd.Wait(), "%s", &update.out)
	t.Log(tail(update.out.String(), 30))
	require.Contains(t, update.out.String(), "connection refused")
	c.must(t, "up")
	require.Contains(t, c.say(t, "ada", "hello")[0], "Hello again")
	require.Equal(t, before+1, c.release(t))
	require.Len(t, c.runningTasks(t)["bot"], 2, "one and its standby")
	c.pulumi(t, "preview --stack local --expect-no-changes --non-interactive")
}

// release is the number of the newest release. They are numbered one by one, and the older of them are forgotten.
func (c *clone) release(t *testing.T) int {
	t.Helper()
	var all []struct{ ID string }
	require.NoError(t, json.Unmarshal([]byte(sh(t, c.dir, "make -s releases JSON=1")), &all))
	require.NotEmpty(t, all)
	number, err := strconv.Atoi(strings.TrimPrefix(all[0].ID, "r"))
	require.NoError(t, err)
	return number
}
