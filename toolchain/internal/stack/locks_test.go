package stack

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// putLock writes a lock as Pulumi's file backend does.
func putLock(t *testing.T, s Stack, name, text string) string {
	path := filepath.Join(s.Backend, ".pulumi", "locks", "organization", "botyard", s.Name, name+".json")
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	return path
}

// livePulumi is a process by the name of Pulumi's CLI, on this machine.
func livePulumi(t *testing.T) *exec.Cmd {
	program := filepath.Join(t.TempDir(), "pulumi")
	sleep, err := exec.LookPath("sleep")
	require.NoError(t, err)
	require.NoError(t, os.Symlink(sleep, program))
	cmd := exec.Command(program, "60")
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	require.Eventually(t, func() bool { return isPulumi(cmd.Process.Pid) }, 5*time.Second, time.Millisecond)
	return cmd
}

func of(pid int, host string) string {
	return fmt.Sprintf(`{"pid":%d,"username":"root","hostname":%q,"timestamp":"2026-11-22T20:34:07Z"}`, pid, host)
}

func TestLocksOfProcessesThatAreGoneAreRemoved(t *testing.T) {
	s := Stack{Name: "local", Backend: t.TempDir()}
	host, err := os.Hostname()
	require.NoError(t, err)
	gone := putLock(t, s, "gone", of(1<<30, host))
	reused := putLock(t, s, "reused", of(os.Getpid(), host)) // a process of that pid runs, and is no Pulumi
	cut := putLock(t, s, "cut", `{"pid":`)
	other := putLock(t, Stack{Name: "prod", Backend: s.Backend}, "gone", of(1<<30, host))

	removed, err := s.FreeLocks(t.Context(), func(string) { t.Error("nothing to wait for") })
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{gone, reused, cut}, removed)
	for _, path := range removed {
		assert.NoFileExists(t, path)
	}
	assert.FileExists(t, other, "another stack's")
}

func TestTheLockOfALivingPulumiIsWaitedFor(t *testing.T) {
	s := Stack{Name: "local", Backend: t.TempDir()}
	host, err := os.Hostname()
	require.NoError(t, err)
	pulumi := livePulumi(t)
	path := putLock(t, s, "held", of(pulumi.Process.Pid, host))
	said := make(chan string, 1)
	go func() {
		assert.Equal(t, fmt.Sprintf("waiting for Pulumi process %d to leave the stack", pulumi.Process.Pid), <-said)
		assert.NoError(t, os.Remove(path))
	}()
	removed, err := s.FreeLocks(t.Context(), func(line string) { said <- line })
	require.NoError(t, err)
	assert.Empty(t, removed)
}

func TestAnotherMachinesLockIsNeverRemoved(t *testing.T) {
	s := Stack{Name: "local", Backend: t.TempDir()}
	path := putLock(t, s, "theirs", of(1<<30, "another-machine"))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := s.FreeLocks(ctx, func(string) { cancel() })
	require.ErrorIs(t, err, context.Canceled)
	assert.FileExists(t, path)
}

func TestEndHoldersEndsLivingPulumisOnly(t *testing.T) {
	s := Stack{Name: "local", Backend: t.TempDir()}
	host, err := os.Hostname()
	require.NoError(t, err)
	pulumi := livePulumi(t)
	go func() { _ = pulumi.Wait() }()
	putLock(t, s, "held", of(pulumi.Process.Pid, host))
	putLock(t, s, "ours", of(os.Getpid(), host))
	var said []string
	require.NoError(t, EndHolders(t.Context(), s.Backend, func(line string) { said = append(said, line) }))
	assert.Equal(t, []string{fmt.Sprintf("ending Pulumi process %d", pulumi.Process.Pid)}, said)
	assert.False(t, isPulumi(pulumi.Process.Pid))
}
