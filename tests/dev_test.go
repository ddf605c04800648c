package tests

import (
	"testing"

	"github.com/stretchr/testify/require"

	"botyard/tests/fleet"
)

// TestNoStackWatchesASource holds that what is deployed is an image and nothing else: under WARDEN_WATCH, which is make
// dev's, the warden judges nothing and counts no start, and a folder of the host is a task's code.
func TestNoStackWatchesASource(t *testing.T) {
	for _, stack := range []string{"prod", "local"} {
		recorded, _ := fleet.Record(t, fleet.Load(t, stack))
		tasks := recorded.OfType(taskType)
		require.NotEmpty(t, tasks)
		for _, task := range tasks {
			containers := task.Input("containerDefinitions").(string)
			require.Contains(t, containers, `"environment":`, task.Name)
			require.NotContains(t, containers, "WARDEN_WATCH", "%s: %s", stack, task.Name)
			volumes, _ := task.Input("volumes").([]any)
			for _, volume := range volumes {
				require.NotContains(t, volume, "hostPath", "%s: %s", stack, task.Name)
			}
		}
	}
}
