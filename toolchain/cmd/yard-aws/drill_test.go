package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/drill"
)

func TestADrillOnAWSWantsAYes(t *testing.T) {
	cmd := drillCommand()
	cmd.SetArgs([]string{"--stack", "prod"})
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	require.EqualError(t, cmd.Execute(), "nothing was done: a drill on AWS disturbs what people use, so it wants --yes; yard drill asks first")
}

func TestWhatIsKeptGoesToStandardOutput(t *testing.T) {
	report := drill.Report{Stack: "prod", Service: "bot", Faults: []drill.Result{}, Date: "2026-11-25T12:00:00Z"}
	const line = `{"stack":"prod","service":"bot","leaseSeconds":0,"faults":[],"date":"2026-11-25T12:00:00Z"}`
	printed := func(o drillOptions) string {
		var out bytes.Buffer
		cmd := drillCommand()
		cmd.SetOut(&out)
		require.NoError(t, o.print(cmd, report))
		return out.String()
	}
	assert.Equal(t, line+"\n", printed(drillOptions{gateway: "http://localhost:4566"}))
	record := printed(drillOptions{})
	assert.Regexp(t, `^# Drill of bot on stack prod, 2026-11-25\n`, record)
	assert.Regexp(t, "\n    \\Q"+line+"\\E\n$", record)
}
