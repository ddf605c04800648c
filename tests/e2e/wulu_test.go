//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"botyard/tests/channel"
)

const (
	wulu     = "STACK=wulu-local"
	hours    = "We are open Monday to Saturday from 9 to 18, and closed on Sundays and public holidays."
	location = "12 Example Street, two minutes from the central station."
)

// TestTheSecondFleet brings up another team's fleet by configuration alone: a bot whose model is trained by a build, kept in a
// bucket and changed without a build. Its parts are steps of one story, as those of TestTheMainJob are.
func TestTheSecondFleet(t *testing.T) {
	requireEngine(t)
	c := newClone(t)
	t.Cleanup(func() { c.down(t) })
	for _, step := range []struct {
		name string
		run  func(*testing.T, *clone)
	}{
		{"up stops before the bot without a model", upWithoutAModel},
		{"the bot answers by the model that was trained and uploaded", upWithAModel},
		{"what is not understood twice is handed over", handedOver},
		{"another model rolls out without a build", anotherModel},
		{"a model that is none fails the update, and the bot answers on", noModel},
	} {
		if !t.Run(step.name, func(t *testing.T) { step.run(t, c) }) {
			t.FailNow()
		}
	}
}

func upWithoutAModel(t *testing.T, c *clone) {
	result := c.make(t, "up", wulu)
	require.Error(t, result.err)
	require.Contains(t, result.out, "model intents has no version yet, so no service that uses it was touched")
	require.Contains(t, result.out, "make model NAME=intents FILE=<file> STACK=wulu-local")
	require.Empty(t, c.runningTasks(t)["chat"])
}

func upWithAModel(t *testing.T, c *clone) {
	require.Contains(t, c.must(t, "train", wulu).out, ".botyard/models/intents.json: ")
	c.upload(t, ".botyard/models/intents.json")
	require.Regexp(t, `chat +1/1 running +– +healthy +http://\S+/webhooks/ `, tail(c.must(t, "up", wulu).out, 12))
	require.Equal(t, []string{hours}, c.askChat(t, "ada", "when are you open?"))
	require.Len(t, c.wuluDigests(t), 5)
}

func handedOver(t *testing.T, c *clone) {
	require.Equal(t, []string{"Sorry, I did not get that. Could you say it in other words?"}, c.askChat(t, "grace", "asdf qwer"))
	require.Contains(t, c.askChat(t, "grace", "weather in paris tomorrow")[0], "A colleague takes over: ")
}

// anotherModel has two intents change places.
func anotherModel(t *testing.T, c *clone) {
	before := c.wuluDigests(t)
	text, err := os.ReadFile(filepath.Join(c.dir, ".botyard/models/intents.json"))
	require.NoError(t, err)
	swapped := strings.NewReplacer(`"location"`, `"opening_hours"`, `"opening_hours"`, `"location"`).Replace(string(text))
	require.NoError(t, os.WriteFile(filepath.Join(c.dir, ".botyard/models/other.json"), []byte(swapped), 0o644))
	c.upload(t, ".botyard/models/other.json")
	c.must(t, "up", wulu)
	require.Equal(t, []string{location}, c.askChat(t, "ada", "when are you open?"))
	require.Equal(t, before, c.wuluDigests(t), "nothing was built")
}

func noModel(t *testing.T, c *clone) {
	require.NoError(t, os.WriteFile(filepath.Join(c.dir, ".botyard/models/none.json"), []byte("{}\n"), 0o644))
	c.upload(t, ".botyard/models/none.json")
	result := c.make(t, "up", wulu)
	require.Error(t, result.err)
	require.Contains(t, result.out, "; make train writes one", "the bot's last words are told")
	require.Equal(t, []string{location}, c.askChat(t, "ada", "when are you open?"))
}

func (c *clone) upload(t *testing.T, file string) {
	t.Helper()
	c.must(t, "model", "NAME=intents", "FILE="+file, wulu)
}

// askChat is the reply of the second fleet's bot, through its load balancer.
func (c *clone) askChat(t *testing.T, sender, message string) []string {
	t.Helper()
	bot, err := channel.Of(c.dir, "wulu-local")
	require.NoError(t, err)
	texts, err := bot.Say(sender, message, 20*time.Second)
	require.NoError(t, err)
	return texts
}

func (c *clone) wuluDigests(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(c.dir, ".botyard/outputs/state-wulu-local.json"))
	require.NoError(t, err)
	var outputs struct {
		ImageDigests map[string]string `json:"imageDigests"`
	}
	require.NoError(t, json.Unmarshal(text, &outputs))
	return outputs.ImageDigests
}
