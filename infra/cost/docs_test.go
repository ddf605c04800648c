package cost

import (
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheDocsFiguresAgree holds that what the docs say of the price of a standby and of a lease is what Of says, within
// 10 cents: the docs round, and count 30 days for a month.
func TestTheDocsFiguresAgree(t *testing.T) {
	added := func(change func(*Shape), parts ...string) float64 {
		with := small()
		change(&with)
		sum := 0.0
		for _, c := range Compare(estimate(t, small()), estimate(t, with)) {
			require.Contains(t, parts, c.Name)
			sum += c.After - c.Before
		}
		return sum
	}
	standby := func(instanceType string) float64 {
		return added(func(s *Shape) {
			s.Hosts = append(s.Hosts, Hosts{Name: "standby", InstanceType: instanceType, Count: 1, DiskGiB: 30})
		}, "hosts", "host disks", "public IPv4")
	}
	reads := added(func(s *Shape) { s.Leases[0].Standby = true }, "leases")
	without := added(func(s *Shape) { s.Leases = append(s.Leases, Lease{Service: "other", Seconds: 15}) }, "leases")
	for _, each := range []struct {
		file, figure string
		want         float64
	}{
		{"docs/failover.md", "\\| `standby` \\| \\$([0-9.]+): a t3\\.small", standby("t3.small")},
		{"docs/failover.md", `on a t4g\.small \$([0-9.]+);`, standby("t4g.small")},
		{"docs/failover.md", `the waiting reads of each lease \$([0-9.]+) `, reads},
		{"docs/failover.md", "\\| `stopped` \\| \\$([0-9.]+):", added(func(s *Shape) { s.Hosts[0].StoppedCount = 1 }, "host disks")},
		{"docs/failover.md", `\$([0-9.]+) a month for a singleton with a standby`, without + reads},
		{"images/warden/README.md", `Together \*\*\$([0-9.]+)\*\* a singleton with a standby`, without + reads},
		{"images/warden/README.md", `a singleton with a standby, \$([0-9.]+) without`, without},
	} {
		text, err := os.ReadFile("../../" + each.file)
		require.NoError(t, err)
		found := regexp.MustCompile(each.figure).FindSubmatch(text)
		require.NotNil(t, found, "%s has no longer a figure as in %s; take this test along", each.file, each.figure)
		says, err := strconv.ParseFloat(string(found[1]), 64)
		require.NoError(t, err)
		assert.InDelta(t, each.want, says, 0.10, "%s: %s", each.file, found[0])
	}
}
