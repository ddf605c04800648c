package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/dashboard"
)

func TestAStackWithoutADashboardSaysSo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "outputs.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"clusterArn": "arn:c"}`), 0o644))
	cmd := dashboardCommand()
	cmd.SetArgs([]string{"--outputs", file, "--stack", "old"})
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	require.EqualError(t, cmd.Execute(), "stack old has no output dashboardName, so no dashboard is known of it; right would be an update of the stack by a version that makes one")
}

func TestThePageReplacesAnOlderOne(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new")
	o := dashboardOptions{output: filepath.Join(folder, "page.html")}
	for _, stack := range []string{"one", "two"} {
		require.NoError(t, o.write(dashboard.Page{Stack: stack}))
		text, err := os.ReadFile(o.output)
		require.NoError(t, err)
		assert.Contains(t, string(text), "<h1>Stack "+stack+"</h1>")
	}
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, left, 1, "nothing half written is left")
	info, err := left[0].Info()
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o644), info.Mode().Perm())
}
