package tests

import (
	"testing"

	"github.com/stretchr/testify/require"

	"botyard/infra/config"
	"botyard/tests/fleet"
)

// TestHostsAreKeptWhileTheirDisksHoldVolumes gives prod's bot a volume.
func TestHostsAreKeptWhileTheirDisksHoldVolumes(t *testing.T) {
	protected := func(volumes []config.Volume, approvals map[string]string) map[string]bool {
		cfg := fleet.Load(t, "prod")
		bot := cfg.Services["bot"]
		bot.Volumes = volumes
		cfg.Services["bot"], cfg.Approvals = bot, approvals
		recorded, _ := fleet.Record(t, cfg)
		groups := map[string]bool{}
		for _, each := range recorded.OfType("aws:autoscaling/group:Group") {
			groups[each.Name] = each.Protect
		}
		return groups
	}
	data := []config.Volume{{Name: "data", Path: "/data"}}
	require.Equal(t, map[string]bool{"cluster-hosts": false, "cluster-standby": false}, protected(nil, nil))
	require.Equal(t, map[string]bool{"cluster-hosts": true, "cluster-standby": true}, protected(data, nil))
	require.Equal(t, map[string]bool{"cluster-hosts": false, "cluster-standby": true}, protected(data, map[string]string{"cluster-hosts": "cluster-hosts-1a2b3c4"}))
}
