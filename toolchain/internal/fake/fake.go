// Package fake puts stand-ins of other programs on PATH, for tests.
package fake

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Programs is a folder that is all of PATH. Every program in it notes how it was called.
type Programs struct {
	Dir   string
	calls string
}

// New empties PATH but for the shell's own tools that the stand-ins need.
func New(t *testing.T) *Programs {
	t.Helper()
	p := &Programs{Dir: t.TempDir(), calls: filepath.Join(t.TempDir(), "calls")}
	for _, tool := range []string{"cat", "sleep", "mkdir", "touch", "rm", "ps"} {
		require.NoError(t, os.Symlink(filepath.Join("/bin", tool), filepath.Join(p.Dir, tool)))
	}
	t.Setenv("PATH", p.Dir)
	t.Setenv("DOCKER_HOST", "")
	return p
}

// Add puts a program there; body is what it does after it has noted its call, as a POSIX shell script.
func (p *Programs) Add(t *testing.T, name, body string) {
	t.Helper()
	script := "#!/bin/sh\necho \"" + name + " $*\" >>" + p.calls + "\n" + body + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(p.Dir, name), []byte(script), 0o755))
}

// Calls are the calls so far, "name arguments".
func (p *Programs) Calls(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(p.calls)
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}
