package outputs

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func read(t *testing.T, text string) (Outputs, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "outputs.json")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	return Read(path)
}

func TestTheOutputsOfTheScreen(t *testing.T) {
	out, err := read(t, `{"clusterArn": "arn:c", "serviceArns": {"bot": "arn:bot", "api": "arn:api"}, "alarmPrefix": "botyard-local-",
		"dashboardName": "botyard-local", "databaseIdentifier": "db-1", "monthlyCostUSD": {"total": 61.25, "parts": {"hosts": 30.37}}}`)
	require.NoError(t, err)
	assert.Equal(t, Outputs{
		ClusterArn: "arn:c", ServiceArns: map[string]string{"bot": "arn:bot", "api": "arn:api"}, AlarmPrefix: "botyard-local-",
		DashboardName: "botyard-local", DatabaseIdentifier: "db-1", MonthlyCostUSD: &Cost{Total: 61.25, Parts: map[string]float64{"hosts": 30.37}},
	}, out)
	assert.Equal(t, []string{"api", "bot"}, out.Services())
}

func TestAnEarlierStackLacksThem(t *testing.T) {
	out, err := read(t, `{"clusterArn": "arn:c"}`)
	require.NoError(t, err)
	assert.Equal(t, Outputs{ClusterArn: "arn:c"}, out)

	_, err = read(t, `{"monthlyCostUSD": {}}`)
	require.EqualError(t, err, "the stack has no output clusterArn: it is not up, or its first update did not get that far")
}
