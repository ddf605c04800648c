package stack

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// endGrace is how long a Pulumi that is told to end for a removal may take.
const endGrace = 20 * time.Second

// EndHolders ends every Pulumi on this machine that holds a lock in backend: what it works on is about to be removed.
func EndHolders(ctx context.Context, backend string, say func(string)) error {
	host, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("cannot tell this machine's name: %w", err)
	}
	paths, err := filepath.Glob(filepath.Join(backend, ".pulumi", "locks", "*", "*", "*", "*.json"))
	if err != nil {
		return fmt.Errorf("cannot list the locks of %s: %w", backend, err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // its holder has just gone
		}
		var l lock
		if json.Unmarshal(text, &l) != nil || l.Hostname != host || !isPulumi(l.Pid) {
			continue
		}
		say(fmt.Sprintf("ending Pulumi process %d", l.Pid))
		_ = syscall.Kill(l.Pid, syscall.SIGINT) // gone already is what we want
		for killAt := time.Now().Add(endGrace); isPulumi(l.Pid); {
			if time.Now().After(killAt) {
				_ = syscall.Kill(l.Pid, syscall.SIGKILL)
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(100 * time.Millisecond):
			}
		}
	}
	return nil
}
