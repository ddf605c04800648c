//go:build e2e

package e2e

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// running is what one task of a service is.
type running struct{ container, definition string }

// runningTasks are the containers and task definition revisions of each service's tasks, in the order in which they started.
func (c *clone) runningTasks(t *testing.T) map[string][]running {
	t.Helper()
	tasks := map[string][]running{}
	lines := sh(t, c.dir, `docker ps --filter label=com.amazonaws.ecs.task-arn --format '{{json .}}' | tac`)
	for line := range strings.Lines(lines) {
		var each struct{ ID, Labels string }
		require.NoError(t, json.Unmarshal([]byte(line), &each), line)
		labels := map[string]string{}
		for _, label := range strings.Split(each.Labels, ",") {
			key, value, _ := strings.Cut(label, "=")
			labels[key] = value
		}
		if !strings.Contains(labels["com.amazonaws.ecs.task-arn"], ":task/botyard-") {
			continue // another emulator's on the same engine
		}
		name := labels["com.amazonaws.ecs.container-name"]
		tasks[name] = append(tasks[name], running{each.ID, labels["com.amazonaws.ecs.task-definition-version"]})
	}
	return tasks
}

// botItself is its line in a list of processes; those of its wardens say /warden before the same words.
var botItself = regexp.MustCompile(`(?m)[0-9] +python -m bot$`)

// standby is the container in which the bot's warden waits.
func (c *clone) standby(t *testing.T) string {
	t.Helper()
	tasks, holder := c.runningTasks(t)["bot"], c.holder(t)
	require.Len(t, tasks, 2)
	if tasks[0].container == holder {
		return tasks[1].container
	}
	return tasks[0].container
}

// holder is the container in which the bot itself runs; in the others its wardens wait. Two would be one too many.
func (c *clone) holder(t *testing.T) string {
	t.Helper()
	var holders []string
	for _, task := range c.runningTasks(t)["bot"] {
		if botItself.MatchString(sh(t, c.dir, "docker top "+task.container)) {
			holders = append(holders, task.container)
		}
	}
	require.Len(t, holders, 1, "the bot runs once")
	return holders[0]
}
