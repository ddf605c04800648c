package lease

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// TestNoOrderOfEventsRunsTwo tries every order within each budget up to its horizon. A lease is 5 units here, so the
// horizons hold a take, a fault, the lease running out and a takeover; those of -short with one fault still do.
func TestNoOrderOfEventsRunsTwo(t *testing.T) {
	for _, c := range []struct {
		budget
		horizon, short time.Duration
	}{
		{budget{pauses: 1}, 10 * unit, 8 * unit},
		{budget{faults: 1}, 11 * unit, 8 * unit},
		{budget{losses: 3}, 6 * unit, 4 * unit},
		{budget{pauses: 1, losses: 1}, 6 * unit, 4 * unit},
		{budget{pauses: 1, faults: 1}, 6 * unit, 4 * unit},
	} {
		const most = 2_000_000
		horizon := min(c.horizon, longest)
		if testing.Short() {
			horizon = min(horizon, c.short)
		}
		path, seen := search(modelConfigs(func(*Config) {}), horizon, c.budget, most)
		assert.Empty(t, path, "%+v", c)
		assert.Less(t, seen, most, "the search ended by itself")
		t.Logf("%+v up to %s: %d worlds", c.budget, horizon, seen)
	}
}

// TestTheModelFindsBrokenRules shows that the search can fail.
func TestTheModelFindsBrokenRules(t *testing.T) {
	for name, broken := range map[string]func(*Config){
		"the lease counts from the acknowledgement":   func(c *Config) { c.countFromAck = true },
		"a takeover does not depend on what was read": func(c *Config) { c.takeUnchecked = true },
	} {
		path, _ := search(modelConfigs(broken), 11*unit, budget{pauses: 1, losses: 1}, 600_000)
		assert.NotEmpty(t, path, name)
		t.Logf("%s: %s", name, strings.Join(path, ", "))
	}
}
