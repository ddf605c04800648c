package models

import (
	"cmp"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"botyard/warden/internal/events"
)

// spare is what a download leaves free on the disk, bytes: images and logs are on it too.
const spare = 1 << 30

// Free is how many bytes the file system of a folder has for those who are not root.
func Free(folder string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, fmt.Errorf("cannot read how much room the file system of %s has: %w", folder, err)
	}
	return int64(s.Bavail) * s.Bsize, nil
}

// makeRoom makes sure that the disk has room for what is still to come. While it has not, it removes models that no task of
// this host runs with, those first that have not been used for longest.
func (s *Store) makeRoom(f File, coming int64, log *slog.Logger) error {
	now := time.Now()
	_ = os.Chtimes(s.path(f.SHA256+".use"), now, now) // only the order of removal needs it
	others, err := s.others(f.SHA256)
	if err != nil {
		return err
	}
	for {
		free, err := s.Free(s.Folder)
		if err != nil || free >= coming+spare {
			return err
		}
		if len(others) == 0 {
			return fmt.Errorf("the disk is too full: it has %d MiB free, and the model needs %d MiB and %d MiB to spare; "+
				"no model that a task does not use is left to remove; right would be a larger hosts.diskGiB, and new hosts", free>>20, coming>>20, spare>>20)
		}
		if err := s.remove(others[0], log); err != nil {
			return err
		}
		others = others[1:]
	}
}

// others are the checksums of the other models in the folder, the one that was used last at the end.
func (s *Store) others(own string) ([]string, error) {
	locks, err := filepath.Glob(s.path("*.use"))
	if err != nil {
		return nil, err
	}
	type model struct {
		sum  string
		used time.Time
	}
	var found []model
	for _, path := range locks {
		sum := strings.TrimSuffix(filepath.Base(path), ".use")
		if info, err := os.Stat(path); err == nil && sum != own {
			found = append(found, model{sum, info.ModTime()})
		}
	}
	slices.SortFunc(found, func(a, b model) int { return cmp.Or(a.used.Compare(b.used), strings.Compare(a.sum, b.sum)) })
	var sums []string
	for _, each := range found {
		sums = append(sums, each.sum)
	}
	return sums, nil
}

// remove removes a model unless a task uses it. Its lock files stay: another task may just have opened them.
func (s *Store) remove(sum string, log *slog.Logger) error {
	use, err := tryLock(s.path(sum+".use"), exclusive)
	if use == nil || err != nil {
		return err
	}
	defer use.Close()
	if err := os.RemoveAll(s.path(sum)); err != nil {
		return err
	}
	if err := os.Remove(s.path(sum + ".part")); err != nil && !os.IsNotExist(err) {
		return err
	}
	log.Info("removed a model that no task of this host runs with, to make room", "event", events.Fetching, "sha256", sum)
	return nil
}
