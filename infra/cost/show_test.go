package cost

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTheTableForATerminal(t *testing.T) {
	assert.Equal(t, `hosts          1 × t4g.small, 730 h                          $12.26
host disks     1 × 30 GiB                                     $2.40
public IPv4    1 of hosts, 730 h                              $3.65
data transfer  10 GB out, the first 100 free                  $0.00
leases         1: 0.876 million writes, 0.000 million reads   $0.55
secrets        2                                              $0.80
images         10 GB                                          $1.00
logs           1 GB, kept for 30 days, the first 5 free       $0.00
alarms         12, the first 10 free                          $0.20
a month                                                      $20.86

Prices of us-east-1 as of 2026-11-25, on demand, without tax. Assumed:
- data sent to the internet a month: 10 GB; bots send text
- images kept in ECR: 10 GB; 20 releases of some seven layers that share most of their bytes
- logs a month: 1 GB; a heartbeat each 15 s is 26 MB a month for each service; the rest is what the bots say
- what AWS gives an account for free each month: all of it goes to this stack
`, estimate(t, small()).String())
}
