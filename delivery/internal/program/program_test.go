package program

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOutputAndComplaints(t *testing.T) {
	out, err := Cmd{Name: "sh", Args: []string{"-c", "echo $A; pwd"}, Env: []string{"A=1"}, Dir: "/"}.Output(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "1\n/\n", string(out))
	out, err = Cmd{Name: "sh", Args: []string{"-c", "echo half; echo why >&2; exit 3", "x", "y"}}.Output(t.Context())
	require.EqualError(t, err, "sh -c echo half; echo why >&2; exit 3: exit status 3: why")
	assert.Equal(t, "half\n", string(out))
}

// TestAnInterruptComesOnce holds that a program which ends in its own time on SIGINT is left to do so.
func TestAnInterruptComesOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "said")
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		done <- Cmd{Name: "sh", Args: []string{"-c", `trap 'echo interrupted >>"$1"' INT; echo ready >"$1"; i=0; while [ $i -lt 30 ]; do sleep 0.02; i=$((i+1)); done; echo saved >>"$1"`, "sh", file}}.Run(ctx)
	}()
	require.Eventually(t, func() bool { text, _ := os.ReadFile(file); return string(text) == "ready\n" }, 5*time.Second, 5*time.Millisecond)
	stop()
	require.Error(t, <-done)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "ready\ninterrupted\nsaved\n", string(text))
}
