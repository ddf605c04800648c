//go:build e2e

package e2e

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestNobodyFindsOutFromTheUsers breaks the fleet in five ways. Each time the right alarms go off, no other one, the chat is
// told so, and is told that it is over once the fault is. Periods are real minutes, so faults of different services share
// them.
func TestNobodyFindsOutFromTheUsers(t *testing.T) {
	requireEngine(t)
	c := newClone(t)
	t.Cleanup(func() { c.down(t) })
	c.must(t, "up")
	chat := newDiscord(t)
	chat.join(t, c)
	c.must(t, "up")
	waitFor(t, 5*time.Minute, "all is well: new alarms have seen their first data", func() bool {
		return len(c.alarms(t, "ALARM")) == 0 && len(c.alarms(t, "INSUFFICIENT_DATA")) == 0
	})
	// That a new alarm is well once its first data has come is told, and may be told late.
	require.Empty(t, alarmsIn(t, chat.untilQuiet(t), "🔴"), "what new alarms do until their first data has come is no news")
	for _, step := range []struct {
		name string
		run  func(*testing.T, *clone, *discord)
	}{
		{"a frozen bot, a crash loop and errors", threeFaults},
		{"the status tells it all", statusTells},
		{"the dashboard draws it all", dashboardDraws},
		{"a database that hangs", hangingDatabase},
		{"a deployment that fails", failedDeployment},
		{"a deployment is told of", toldDeployment},
		{"the webhook is nowhere in the open", webhookIsSecret},
	} {
		if !t.Run(step.name, func(t *testing.T) { step.run(t, c, chat) }) {
			t.FailNow()
		}
	}
}

func threeFaults(t *testing.T, c *clone, chat *discord) {
	c.freeze(t, c.holder(t), regexp.MustCompile(`(?m)^ *[0-9]+ +python -m bot$`))
	c.crash(t, "member-listener", regexp.MustCompile(`(?m)^ *[0-9]+ +python -m listener$`), 3)
	sh(t, c.dir, `docker exec `+c.runningTasks(t)["leveling-api"][0].container+` python -c '
for number in range(6):
    print("{\"level\": \"ERROR\", \"message\": \"drill %d\"}" % number, file=open("/proc/1/fd/1", "w"))'`)
	c.expect(t, chat, map[string]string{
		"bot-unhealthy":              "🔴 ALARM: bot: its probe failed as often as it may. What to do: https://example.org/runbooks.md#service-unhealthy Log: https://us-east-1.console.aws.amazon.com/",
		"member-listener-crash-loop": "🔴 ALARM: member-listener: it ended by itself 3 times or more within 5 minutes. What to do: https://example.org/runbooks.md#service-crash-loop",
		"leveling-api-errors":        "🔴 ALARM: leveling-api: 5 error lines or more in its log within 5 minutes. What to do: https://example.org/runbooks.md#service-errors",
	})
	require.True(t, c.answers())
}

// hangingDatabase freezes Postgres: it takes connections and never answers. Both services that need it notice.
func hangingDatabase(t *testing.T, c *clone, chat *discord) {
	database := strings.TrimSpace(sh(t, c.dir, `docker ps -q --filter name=botyard-local-database`))
	require.NotEmpty(t, database)
	began, before := time.Now(), c.runningTasks(t)
	sh(t, c.dir, "docker pause "+database)
	unhealthy := []string{"bot-unhealthy", "leveling-api-unhealthy"}
	waitFor(t, 4*time.Minute, "both alarms are on", func() bool {
		on := c.alarms(t, "ALARM")
		return slices.Contains(on, unhealthy[0]) && slices.Contains(on, unhealthy[1])
	})
	sh(t, c.dir, "docker unpause "+database)
	for _, service := range []string{"bot", "leveling-api"} {
		noticed := c.firstEvent(t, service, "unwell", began)
		t.Logf("%s was called unwell after %s", service, noticed)
		require.Less(t, noticed, 90*time.Second, service)
	}
	c.expect(t, chat, map[string]string{
		unhealthy[0]: "🔴 ALARM: bot: its probe failed", unhealthy[1]: "🔴 ALARM: leveling-api: its probe failed",
	})
	waitFor(t, time.Minute, "the bot answers", c.answers)
	for service, tasks := range before {
		require.Equal(t, tasks, c.runningTasks(t)[service], "%s was restarted, which brings no database back", service)
	}
}

func failedDeployment(t *testing.T, c *clone, chat *discord) {
	require.True(t, t.Run("up fails", func(t *testing.T) { // the edit ends with it
		c.edit(t, "images/member-listener/listener/__main__.py", "import ", "raise SystemExit('broken on purpose')\nimport ")
		require.Error(t, c.make(t, "up").err)
	}))
	// A revision that ends at once is a crash loop too.
	c.expect(t, chat, map[string]string{
		"member-listener-deployment-failed": "🔴 ALARM: member-listener: a deployment failed and was rolled back. What to do: https://example.org/runbooks.md#service-deployment-failed",
		"member-listener-crash-loop":        "🔴 ALARM: member-listener: it ended by itself",
	}, `❌ Deployment of local failed, by \S+: service member-listener: the deployment of .*broken on purpose`)
	c.must(t, "up")
	chat.said()
}

func toldDeployment(t *testing.T, c *clone, chat *discord) {
	before := c.digests(t)["bot"]
	c.edit(t, "images/bot/bot/replies.py", `"Hello from botyard`, `"Told by botyard`)
	c.must(t, "up")
	after := c.digests(t)["bot"]
	require.NotEqual(t, before, after)
	short := func(digest string) string { return strings.TrimPrefix(digest, "sha256:")[:12] }
	want := regexp.MustCompile(fmt.Sprintf(`^🚀 Deployed local, by \S+: bot %s → %s$`, short(before), short(after)))
	var said []string
	waitFor(t, 30*time.Second, "the chat is told", func() bool {
		said = append(said, chat.said()...)
		return slices.ContainsFunc(said, want.MatchString)
	})
}

func webhookIsSecret(t *testing.T, c *clone, _ *discord) {
	state := c.pulumi(t, "stack export --stack local")
	require.Contains(t, state, "aws:cloudwatch/eventApiDestination:EventApiDestination")
	require.NotContains(t, state, webhookPath)
	require.Empty(t, sh(t, c.dir, "grep -rl "+webhookPath+" .botyard/logs || true"))
}
