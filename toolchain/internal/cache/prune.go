package cache

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Prune removes the entries of part that nobody used since before, except the one of the key to keep. It returns the
// names removed. An entry whose lock is held is left alone.
func (s Store) Prune(part, keep string, before time.Time) ([]string, error) {
	entries, err := os.ReadDir(s.Root)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot list the cache: %w", err)
	}
	var removed []string
	for _, entry := range entries {
		key, ours := strings.CutPrefix(entry.Name(), part+"-")
		if !ours || len(key) != keyLength || key == keep {
			continue
		}
		info, err := entry.Info()
		if err != nil || !info.ModTime().Before(before) {
			continue
		}
		ok, err := s.drop(entry.Name())
		if err != nil {
			return removed, err
		}
		if ok {
			removed = append(removed, entry.Name())
		}
	}
	return removed, nil
}

// drop renames the entry away before it is removed, so that no half-removed entry is ever taken for a whole one.
func (s Store) drop(name string) (bool, error) {
	if err := os.MkdirAll(filepath.Join(s.Root, "locks"), 0o755); err != nil {
		return false, fmt.Errorf("cannot make the folder of locks: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(s.Root, "tmp"), 0o755); err != nil {
		return false, fmt.Errorf("cannot make the cache folder: %w", err)
	}
	lock := flock.New(filepath.Join(s.Root, "locks", name+".lock"))
	ok, err := lock.TryLock()
	if err != nil || !ok {
		return false, err
	}
	defer func() { _ = lock.Unlock() }()
	away := filepath.Join(s.Root, "tmp", name+".old")
	if err := Remove(away); err != nil {
		return false, fmt.Errorf("cannot remove the leftover %s: %w", away, err)
	}
	if err := os.Rename(filepath.Join(s.Root, name), away); err != nil {
		return false, fmt.Errorf("cannot move the unused entry %s away: %w", name, err)
	}
	if err := Remove(away); err != nil {
		return false, fmt.Errorf("cannot remove the unused entry %s: %w", name, err)
	}
	return true, nil
}
