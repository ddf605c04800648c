package stack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// lockWait is how long a Pulumi that is still ending may hold the stack: longer than its own grace.
const lockWait = pulumiGrace + 10*time.Second

// lock is what Pulumi's file backend writes for the process that works on a stack.
type lock struct {
	Pid       int       `json:"pid"`
	Hostname  string    `json:"hostname"`
	Timestamp time.Time `json:"timestamp"`
}

// FreeLocks removes the locks of processes that are gone, and waits for those that live. It returns what it removed.
// A lock is stale only if its process was on this machine and no Pulumi of that pid runs here any more.
func (s Stack) FreeLocks(ctx context.Context, say func(string)) ([]string, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("cannot tell this machine's name: %w", err)
	}
	var removed []string
	deadline := time.Now().Add(lockWait)
	for first := true; ; first = false {
		held, stale, err := s.locks(host)
		if err != nil {
			return removed, err
		}
		for _, path := range stale {
			if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
				return removed, fmt.Errorf("cannot remove the lock of a process that is gone: %w", err)
			}
			removed = append(removed, path)
		}
		if len(held) == 0 {
			return removed, nil
		}
		if time.Now().After(deadline) {
			return removed, fmt.Errorf("the stack %s is in use by %s; wait for it to end, or end it", s.Name, strings.Join(held, ", "))
		}
		if first {
			say("waiting for " + strings.Join(held, ", ") + " to leave the stack")
		}
		select {
		case <-ctx.Done():
			return removed, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (s Stack) locks(host string) (held, stale []string, err error) {
	paths, err := filepath.Glob(filepath.Join(s.Backend, ".pulumi", "locks", "*", "*", s.Name, "*.json"))
	if err != nil {
		return nil, nil, fmt.Errorf("cannot list the locks of stack %s: %w", s.Name, err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, nil, fmt.Errorf("cannot read a lock of stack %s: %w", s.Name, err)
		}
		var l lock
		if err := json.Unmarshal(text, &l); err != nil || l.Pid <= 0 {
			stale = append(stale, path) // cut off while it was written
			continue
		}
		switch {
		case l.Hostname != host:
			held = append(held, fmt.Sprintf("process %d on %s", l.Pid, l.Hostname))
		case isPulumi(l.Pid):
			held = append(held, fmt.Sprintf("Pulumi process %d", l.Pid))
		default:
			stale = append(stale, path)
		}
	}
	return held, stale, nil
}

// isPulumi tells whether a Pulumi CLI of that pid runs: after a restart of the machine the pid may be another program's.
func isPulumi(pid int) bool {
	name, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "comm"))
	if err != nil || strings.TrimSpace(string(name)) != "pulumi" {
		return false
	}
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}
