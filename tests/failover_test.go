package tests

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"botyard/tests/fleet"
	"botyard/tests/recording"
)

// TestEachTierOfFailoverDeclaresWhatItNeeds counts, on the real prod, what only one of the tiers has.
func TestEachTierOfFailoverDeclaresWhatItNeeds(t *testing.T) {
	own := []string{"ECS services", "groups", "warm pools", "scaling policies", "documents of the recovery"}
	for tier, counts := range map[string][]int{"none": {3, 1, 0, 0, 1}, "stopped": {3, 1, 1, 1, 2}, "standby": {4, 2, 0, 0, 1}} {
		cfg := fleet.Load(t, "prod")
		cfg.Hosts.Failover = tier
		recorded, _ := fleet.Record(t, cfg)
		groups := recorded.OfType("aws:autoscaling/group:Group")
		pools := 0
		for _, group := range groups {
			if group.Input("warmPool") != nil {
				pools++
			}
		}
		documents := slices.DeleteFunc(recorded.OfType("aws:ssm/document:Document"), func(d recording.Resource) bool { return !strings.HasPrefix(d.Name, "recovery-") })
		got := []int{
			len(recorded.OfType(serviceType)), len(groups), pools,
			len(recorded.OfType("aws:autoscaling/policy:Policy")), len(documents),
		}
		require.Equal(t, counts, got, "%s: %v", tier, own)
	}
}
