package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestADashboardReachesBackAsFarAsThereIsData(t *testing.T) {
	for hours, want := range map[string]string{
		"0":   "the dashboard is to reach 0 hours back; right would be 1 to 336",
		"337": "the dashboard is to reach 337 hours back; right would be 1 to 336",
	} {
		cmd := dashboardCommand()
		cmd.SetArgs([]string{"--hours", hours})
		cmd.SilenceUsage, cmd.SilenceErrors = true, true
		require.EqualError(t, cmd.Execute(), want)
	}
}
