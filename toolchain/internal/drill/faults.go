// Package drill makes a singleton's failover happen on purpose and measures it. This package is what needs no AWS: which
// faults there are, how an outage and an overlap are computed from what was seen, and how the result is written down.
// drill/copies sees the copies that run on this machine; drill/live makes the faults happen.
package drill

import (
	"fmt"
	"slices"
	"strings"
)

// The faults, in the order in which they are done: from one process to a whole host.
const (
	KillContainer = "kill-container" // SIGKILL to all of the container that holds the lease
	KillWarden    = "kill-warden"    // SIGKILL to the process in it that holds the lease
	KillChild     = "kill-child"     // SIGKILL to the real program alone
	PauseTask     = "pause-task"     // the container is frozen until its lease has long run out, and thawed
	BlockDynamoDB = "block-dynamodb" // the container is cut off from the leases' table, and reached by all others
	SecondCopy    = "second-copy"    // somebody runs a second copy by hand
	StopTask      = "stop-task"      // ECS stops the task, as in an operator's or its own order
	KillHost      = "kill-host"      // all that runs on the holder's host dies at once
)

// All are the faults in their order.
func All() []string {
	return []string{KillContainer, KillWarden, KillChild, PauseTask, BlockDynamoDB, SecondCopy, StopTask, KillHost}
}

// Harmless are the faults that are done on AWS too: both are ECS calls that any operator makes on any day.
func Harmless() []string { return []string{SecondCopy, StopTask} }

// Choose is the faults to do of a comma-separated list, in their order and each once; all that may be done if it is empty.
func Choose(list string, onAWS bool) ([]string, error) {
	may := All()
	if onAWS {
		may = Harmless()
	}
	if strings.TrimSpace(list) == "" {
		return may, nil
	}
	asked := map[string]bool{}
	for _, name := range strings.Split(list, ",") {
		name = strings.TrimSpace(name)
		switch {
		case slices.Contains(may, name):
			asked[name] = true
		case slices.Contains(All(), name):
			return nil, fmt.Errorf("fault %q needs this machine's own containers, so it is for the emulator; on AWS there are %s", name, strings.Join(may, ", "))
		default:
			return nil, fmt.Errorf("there is no fault %q; right would be some of %s, separated by commas", name, strings.Join(may, ","))
		}
	}
	return slices.DeleteFunc(may, func(name string) bool { return !asked[name] }), nil
}
