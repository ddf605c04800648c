//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// statusTells holds what make status says of a stack that is well, for a person and for programs.
func statusTells(t *testing.T, c *clone, _ *discord) {
	screen := c.must(t, "status").out
	require.Regexp(t, `(?m)^bot +1/1 running +running +healthy +[0-9a-f]{8} .*#[0-9]+ renewed [0-9] s ago +public/webhooks/`, screen)
	for _, line := range []string{`images +bot [0-9a-f]{8}: nothing found; no SBOM`, `alarms +no alarm`, `deploy +completed, .* ago: `, `backup +restorable`, `cost +\$[0-9.]+ a month: hosts `} {
		require.Regexp(t, `(?m)^`+line, screen)
	}
	var told struct {
		Stack    string
		Services []struct {
			Service, State, Health string
			Running, Wanted        int
			Lease                  struct {
				State string
				Token int64
			}
		}
		Alarms         []any
		MonthlyCostUSD struct{ Total float64 }
	}
	require.NoError(t, json.Unmarshal([]byte(sh(t, c.dir, "make -s status JSON=1")), &told), "nothing else is on standard output")
	require.Equal(t, "local", told.Stack)
	require.Len(t, told.Services, 3)
	require.Equal(t, []any{"bot", "running", "healthy", 1, 1, "held"}, []any{
		told.Services[0].Service, told.Services[0].State, told.Services[0].Health, told.Services[0].Running, told.Services[0].Wanted, told.Services[0].Lease.State,
	})
	require.Empty(t, told.Alarms)
	require.Greater(t, told.MonthlyCostUSD.Total, 50.0)
}

// dashboardDraws holds that the page shows every widget of the stack's dashboard, from live data.
func dashboardDraws(t *testing.T, c *clone, _ *discord) {
	c.must(t, "dashboard")
	text, err := os.ReadFile(filepath.Join(c.dir, ".botyard", "dashboard-local.html"))
	require.NoError(t, err)
	var body struct{ Widgets []struct{ Type string } }
	require.NoError(t, json.Unmarshal([]byte(c.ask(t, `print(aws("cloudwatch").get_dashboard(DashboardName="botyard-local")["DashboardBody"])`)), &body))
	require.Len(t, regexp.MustCompile(`<section class="panel`).FindAll(text, -1), len(body.Widgets))
	assert.NotContains(t, string(text), "Not shown:", "a panel failed")
	assert.NotContains(t, string(text), "<script")
	for _, panel := range []string{"Alive", "Use of what it reserves, percent", "Use, percent", "Fullest host, percent", "Free, bytes", "Connections"} {
		assert.Regexp(t, `(?s)<h2>[^<]*`+regexp.QuoteMeta(panel)+`[^<]*</h2>\s*<div class="chart wide"[^>]*>.*?<svg`, string(text), "%s has data", panel)
	}
	for _, name := range c.alarms(t, "OK") {
		assert.Contains(t, string(text), "<b>"+name+"</b>")
	}
}
