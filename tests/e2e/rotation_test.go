//go:build e2e

package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// rotation gives a secret and an SSM parameter new values as the AWS console does: their consumers restart, by AWS alone, and
// the others go on. What make secret sets restarts them once.
func rotation(t *testing.T, c *clone) {
	secret := c.ask(t, `print(aws("secretsmanager").create_secret(Name="team/word", SecretString="one")["ARN"])`)
	c.ask(t, `aws("ssm").put_parameter(Name="/team/level", Value="1", Type="SecureString")`)
	before, after := "botyard:secrets: {discord-token: null}", "botyard:secrets: {discord-token: null, word: {arn: '"+secret+"'}, level: {arn: 'arn:aws:ssm:us-east-1:000000000000:parameter/team/level'}}"
	c.edit(t, "Pulumi.local.yaml", before, after)
	c.edit(t, "Pulumi.local.yaml", "bot: {secrets: {DISCORD_TOKEN: null}}", "bot: {secrets: {DISCORD_TOKEN: null, WORD: word}}")
	c.edit(t, "Pulumi.local.yaml", "member-listener: {secrets: {DISCORD_TOKEN: null}}", "member-listener: {secrets: {DISCORD_TOKEN: null, LEVEL: level}}")
	c.must(t, "up")
	require.Equal(t, "one", c.variable(t, c.holder(t), "WORD"))

	tasks := c.runningTasks(t)
	c.ask(t, `aws("secretsmanager").put_secret_value(SecretId="team/word", SecretString="two")`)
	c.replaced(t, tasks, "bot", 2)
	require.Equal(t, []string{"two", "two"}, []string{c.variable(t, c.holder(t), "WORD"), c.variable(t, c.standby(t), "WORD")})

	tasks = c.runningTasks(t)
	c.ask(t, `aws("ssm").put_parameter(Name="/team/level", Value="2", Type="SecureString", Overwrite=True)`)
	c.replaced(t, tasks, "member-listener", 1)
	require.Equal(t, "2", c.variable(t, c.runningTasks(t)["member-listener"][0].container, "LEVEL"))

	ran := c.restarts(t)
	require.Len(t, ran, 2, "one a new value")
	tasks = c.runningTasks(t)
	require.Contains(t, sh(t, c.dir, "printf three | make -s secret NAME=word"), "; restarted: bot, bot-standby\n")
	c.replaced(t, tasks, "bot", 2)
	require.Equal(t, "three", c.variable(t, c.holder(t), "WORD"))
	require.Equal(t, ran, c.restarts(t), "the rule leaves alone what make secret restarts")
	tasks = c.runningTasks(t)
	require.Contains(t, sh(t, c.dir, "printf 3 | make -s secret NAME=level"), "; restarted: member-listener\n")
	c.replaced(t, tasks, "member-listener", 1)
	require.Len(t, c.restarts(t), 3, "the rule's restart, which make secret waits for")

	c.edit(t, "Pulumi.local.yaml", after, before)
	c.edit(t, "Pulumi.local.yaml", ", WORD: word", "")
	c.edit(t, "Pulumi.local.yaml", ", LEVEL: level", "")
	c.must(t, "up")
}

// replaced waits until every task of one service is another than in before, and holds that those of the others are the same.
func (c *clone) replaced(t *testing.T, before map[string][]running, service string, count int) {
	t.Helper()
	waitFor(t, 3*time.Minute, service+" has new tasks", func() bool {
		now := c.runningTasks(t)[service]
		return len(now) == count && !slices.ContainsFunc(now, func(r running) bool {
			return slices.ContainsFunc(before[service], func(old running) bool { return old.container == r.container })
		})
	})
	waitFor(t, time.Minute, "the bot answers", c.answers)
	after := c.runningTasks(t)
	for name, tasks := range before {
		if name != service {
			require.Equal(t, tasks, after[name], "%s uses another secret", name)
		}
	}
}

// restarts are the runs of the rules' documents.
func (c *clone) restarts(t *testing.T) []string {
	t.Helper()
	return strings.Fields(c.ask(t, `
for run in aws("ssm").describe_automation_executions(Filters=[{"Key": "DocumentNamePrefix", "Values": ["botyard-local-rotation-"]}])["AutomationExecutionMetadataList"]:
    print(run["AutomationExecutionId"])`))
}

// variable is what a container has in its environment.
func (c *clone) variable(t *testing.T, container, name string) string {
	t.Helper()
	for line := range strings.Lines(sh(t, c.dir, "docker inspect --format '{{range .Config.Env}}{{println .}}{{end}}' "+container)) {
		if value, found := strings.CutPrefix(strings.TrimSpace(line), name+"="); found {
			return value
		}
	}
	t.Fatalf("%s has no %s", container, name)
	return ""
}
