package cost

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCompare(t *testing.T) {
	after := fleet()
	after.Hosts = after.Hosts[:1]
	after.Database, after.Alarms = nil, 61
	after.Tasks = []Task{{Service: "api", CPU: 256, MemoryMiB: 512, Count: 1}}
	changes := Compare(estimate(t, fleet()), estimate(t, after))
	assert.Equal(t, Changes{
		{"hosts", 30.37, 15.18},
		{"database", 13.98, 0},
		{"tasks", 0, 9.01}, // 730 × (0.25 × 0.04048 + 0.5 × 0.004445)
		{"host disks", 4.80, 2.40},
		{"alarms", 5, 5.10},
	}, changes)
	assert.Equal(t, `            before   after  difference
hosts       $30.37  $15.18     -$15.19
database    $13.98   $0.00     -$13.98
tasks        $0.00   $9.01      +$9.01
host disks   $4.80   $2.40      -$2.40
alarms       $5.00   $5.10      +$0.10
a month                        -$22.46
`, changes.String())
}

// TestCompareLeavesOutLessThanACent holds that what is shown alike is not shown as a change.
func TestCompareLeavesOutLessThanACent(t *testing.T) {
	before := Estimate{Parts: []Part{{"a", "", 1.001}, {"c", "", 3}, {"b", "", 2}, {"only before", "", 0.004}}}
	after := Estimate{Parts: []Part{{"c", "", 3.01}, {"b", "", 1.99}, {"a", "", 1.004}, {"only after", "", 0}}}
	assert.Equal(t, Changes{{"b", 2, 1.99}, {"c", 3, 3.01}}, Compare(before, after), "of the same size: by name")
	assert.Empty(t, Compare(before, before))
	assert.Equal(t, "The cost stays the same.\n", Compare(before, before).String())
}
