package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestADrillThatIsRefusedTouchesNothing(t *testing.T) {
	null, err := os.Open(os.DevNull)
	require.NoError(t, err)
	stdin := os.Stdin
	os.Stdin = null // no terminal
	t.Cleanup(func() { os.Stdin = stdin; null.Close() })
	for want, args := range map[string][]string{
		"nothing was done: there is no terminal to ask on; in a script say so beforehand, with yard drill --stack prod --yes":       {"--stack", "prod"},
		`fault "kill-host" needs this machine's own containers, so it is for the emulator; on AWS there are second-copy, stop-task`: {"--stack", "prod", "--yes", "--faults", "kill-host"},
		"each fault is to be done 0 times; right would be 1 or more":                                                                {"--repeat", "0"},
	} {
		cmd := drillCommand()
		cmd.SetArgs(args)
		cmd.SilenceUsage, cmd.SilenceErrors = true, true
		require.EqualError(t, cmd.Execute(), want)
	}
}
