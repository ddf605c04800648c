//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/tests/channel"
)

// handover deploys a change of the bot while its users talk to it: no request fails, and the new code answers.
func handover(t *testing.T, c *clone) {
	c.must(t, "up") // undoes the last step's edit
	bot, err := channel.Local(c.dir)
	require.NoError(t, err)
	stop := bot.Talk("grace", 100*time.Millisecond)
	c.edit(t, "images/bot/bot/replies.py", `GREETING = "Hello from botyard"`, `GREETING = "Handed over"`)
	c.must(t, "up")
	require.Contains(t, c.say(t, "ada", "hello")[0], "Handed over, ada!")
	messages := stop()
	require.Greater(t, len(messages), 50)
	for _, message := range messages {
		assert.NoError(t, message.Err, "one of %d requests", len(messages))
	}
	c.holder(t)
}

// deadHost kills all that runs on the holder's host at once. Nobody tells the lease: it has to run out.
func deadHost(t *testing.T, c *clone) {
	c.must(t, "up") // undoes the last step's edit
	before := c.holder(t)
	host := c.hostOf(t, before)
	standby := c.standby(t)
	c.fail(t, host, false)
	waitFor(t, 60*time.Second, "the bot answers again", c.answers)
	require.Equal(t, standby, c.holder(t), "the task that waited, not a third one")
	require.NotEqual(t, host, c.hostOf(t, standby), "the standby is on another host")
	waitFor(t, 120*time.Second, "the host is replaced and a task waits on it", func() bool { return len(c.runningTasks(t)["bot"]) == 2 })
	c.must(t, "up")
}

// deadAgent makes the ECS agent of the holder's host fall silent, while the containers go on: ECS moves nothing then. The
// recovery's runbook waits (seconds here), looks again and replaces the host; the lease sees to it that the bot runs once.
func deadAgent(t *testing.T, c *clone) {
	before := c.holder(t)
	host := c.hostOf(t, before)
	c.fail(t, host, true)
	require.True(t, c.answers(), "it goes on running without the agent")
	waitFor(t, 120*time.Second, "the host is replaced", func() bool {
		for _, task := range c.runningTasks(t)["bot"] {
			if task.container == before {
				return false
			}
		}
		return true
	})
	waitFor(t, 60*time.Second, "the bot answers again", c.answers)
	require.NotEqual(t, host, c.hostOf(t, c.holder(t)))
	waitFor(t, 120*time.Second, "two tasks are there again", func() bool { return len(c.runningTasks(t)["bot"]) == 2 })
	c.must(t, "up")
}

// fail makes the emulator kill a host, or its ECS agent alone.
func (c *clone) fail(t *testing.T, host string, agentOnly bool) {
	t.Helper()
	body := strings.NewReader(fmt.Sprintf(`{"agent_only": %t}`, agentOnly))
	response, err := http.Post(channel.Gateway+"/_botyard/hosts/"+host+"/kill", "application/json", body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusOK, response.StatusCode)
}

// hostOf is the EC2 instance of a task's container, as ECS tells it.
func (c *clone) hostOf(t *testing.T, container string) string {
	t.Helper()
	task := strings.TrimSpace(sh(t, c.dir, `docker inspect -f '{{index .Config.Labels "com.amazonaws.ecs.task-arn"}}' `+container))
	return c.ask(t, fmt.Sprintf(`
task = %q
cluster = task.split("/")[1]
arn = aws("ecs").describe_tasks(cluster=cluster, tasks=[task])["tasks"][0]["containerInstanceArn"]
print(aws("ecs").describe_container_instances(cluster=cluster, containerInstances=[arn])["containerInstances"][0]["ec2InstanceId"])
`, task))
}

// stoppedHost is the recovery of the tier with the same name: the service's alarm, by EventBridge and a runbook, starts the
// instance that waits in the warm pool. The two alarms that the composite one combines are set by hand, which CloudWatch
// offers for this; everything behind them is real.
func stoppedHost(t *testing.T, c *clone) {
	c.edit(t, "Pulumi.local.yaml", "botyard:without: [edge]", "botyard:without: [edge]\n  botyard:hosts: {failover: stopped}")
	c.must(t, "up")
	const group = `
group = aws("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"][0]
pool = aws("autoscaling").describe_warm_pool(AutoScalingGroupName=group["AutoScalingGroupName"])["Instances"]
print(",".join(i["InstanceId"] for i in group["Instances"] if i["LifecycleState"] == "InService"), ",".join(i["InstanceId"] for i in pool))`
	var running, waiting string
	waitFor(t, 30*time.Second, "an instance waits in the warm pool", func() bool {
		running, waiting, _ = strings.Cut(c.ask(t, group), " ")
		return waiting != "" && !strings.Contains(running, ",")
	})
	c.ask(t, `
for alarm in "heartbeat", "running-tasks":
    aws("cloudwatch").set_alarm_state(AlarmName=f"botyard-local-bot-{alarm}", StateValue="ALARM", StateReason="drill")`)
	waitFor(t, 60*time.Second, "the instance of the warm pool is in service", func() bool {
		now, _, _ := strings.Cut(c.ask(t, group), " ")
		return strings.Contains(now, running) && strings.Contains(now, waiting)
	})
	require.Contains(t, c.ask(t, `
for run in aws("ssm").describe_automation_executions()["AutomationExecutionMetadataList"]:
    print(run["DocumentName"], run["AutomationExecutionStatus"])`), "botyard-local-recovery-start-host Success")
	require.True(t, c.answers())
}
