//go:build e2e

package e2e

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// rollback goes back to what ran before the last step's deploy, with nothing built, and forward again.
func rollback(t *testing.T, c *clone) {
	require.Contains(t, c.say(t, "ada", "hello")[0], "Handed over", "the last step's code still runs")
	type release struct {
		ID, Back string
		Runs     bool
		Images   map[string]string
	}
	list := func() (all []release) {
		require.NoError(t, json.Unmarshal([]byte(sh(t, c.dir, "make -s releases JSON=1")), &all))
		return all
	}
	before := list()
	require.True(t, before[0].Runs)
	previous := before[1]
	require.False(t, previous.Runs)
	result := c.must(t, "rollback")
	require.Contains(t, result.out, "Going back to release "+previous.ID)
	require.NotContains(t, result.out, "docker:index:Image", "an image was touched")
	require.Contains(t, c.say(t, "ada", "hello")[0], "Hello from botyard")
	after := list()
	require.Equal(t, []any{previous.ID, true, previous.Images}, []any{after[0].Back, after[0].Runs, after[0].Images})
	require.Len(t, after, len(before)+1)
	c.holder(t)

	c.must(t, "rollback", "RELEASE="+before[0].ID)
	require.Contains(t, c.say(t, "ada", "hello")[0], "Handed over")
	require.Equal(t, before[0].Images, list()[0].Images)
	unknown := c.make(t, "rollback", "RELEASE=r999")
	require.Error(t, unknown.err)
	require.Contains(t, unknown.out, "botyard:release: r999: there is no such release; use one of "+list()[0].ID)
}

// restart hands the bot over to a new task of the same revision.
func restart(t *testing.T, c *clone) {
	c.must(t, "up") // the checkout's code again
	before, tasks := c.holder(t), c.runningTasks(t)["bot"]
	result := c.must(t, "restart", "SERVICE=bot")
	require.Regexp(t, `(?m)^.*bot-standby.*$`, result.out)
	require.NotEqual(t, before, c.holder(t))
	after := c.runningTasks(t)["bot"]
	require.Len(t, after, 2)
	for i := range after {
		require.Equal(t, tasks[i].definition, after[i].definition)
		require.NotContains(t, []string{tasks[0].container, tasks[1].container}, after[i].container)
	}
	require.True(t, c.answers())
}

// drift finds what somebody changed by hand, and nothing in a stack that is as deployed.
func drift(t *testing.T, c *clone) {
	require.Contains(t, c.must(t, "drift").out, "no drift")
	c.ask(t, `aws("sns").set_topic_attributes(TopicArn="arn:aws:sns:us-east-1:000000000000:botyard-local-alerts", AttributeName="DisplayName", AttributeValue="by hand")`)
	cmd := exec.CommandContext(t.Context(), filepath.Join(c.dir, ".botyard", "bin", "yard"), "drift", "--stack", "local")
	cmd.Dir = c.dir
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit, "%s", out)
	require.Equal(t, 2, exit.ExitCode(), "%s", out)
	require.Regexp(t, `(?im)topic +alerts +displayName: changed outside of Pulumi`, string(out))
	c.ask(t, `aws("sns").set_topic_attributes(TopicArn="arn:aws:sns:us-east-1:000000000000:botyard-local-alerts", AttributeName="DisplayName", AttributeValue="")`)
}

// consumer deploys the example of another program, which reads the fleet's outputs.
func consumer(t *testing.T, c *clone) {
	text := sh(t, c.dir, `eval "$(make -s env)" && cd examples/consumer && pulumi stack init e2e >&2 &&
		pulumi up --yes --skip-preview --stack e2e --config consumer:fleet=organization/botyard/local >&2 && pulumi stack output --json --stack e2e`)
	var read struct {
		Services, Subnets                 []string
		SecurityGroup, AnswersAt, Release string
	}
	require.NoError(t, json.Unmarshal([]byte(text), &read))
	outputs := c.outputs(t)
	require.Equal(t, []string{"bot", "leveling-api", "member-listener"}, read.Services)
	require.Len(t, read.Subnets, 2)
	require.JSONEq(t, string(outputs["securityGroupId"]), `"`+read.SecurityGroup+`"`)
	require.JSONEq(t, string(outputs["release"]), `"`+read.Release+`"`)
	require.Regexp(t, `^http://.*/webhooks/rest/webhook$`, read.AnswersAt)
	sh(t, c.dir, `eval "$(make -s env)" && cd examples/consumer && pulumi destroy --yes --skip-preview --stack e2e && pulumi stack rm --yes --stack e2e`)
}
