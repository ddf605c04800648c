// Package cache keeps built things under <root>/<part>-<key>, where the key is a hash of what the part is built from.
// An entry is either complete or not there: it is made in a temporary folder and renamed, under a lock that also
// makes two clones that build the same thing wait for each other. A killed builder's lock ends with it.
package cache

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"golang.org/x/sys/unix"
)

const lockPoll = 200 * time.Millisecond

// Store is a cache on disk.
type Store struct {
	Root string // absolute path; made when missing
}

// Maker fills the empty folder dir. What it leaves there becomes the entry.
type Maker func(ctx context.Context, dir string) error

// Path is where the entry of part and key is or would be.
func (s Store) Path(part, key string) string {
	return filepath.Join(s.Root, part+"-"+key)
}

// Ensure returns the folder of the entry and whether this call made it. waiting is called once if another process
// holds the entry's lock. When make fails, nothing is left behind.
func (s Store) Ensure(ctx context.Context, part, key string, waiting func(), make Maker) (path string, made bool, err error) {
	path = s.Path(part, key)
	if s.touch(path) {
		return path, false, nil
	}
	unlock, err := s.Lock(ctx, part+"-"+key, waiting)
	if err != nil {
		return "", false, fmt.Errorf("cache entry %s-%s: %w", part, key, err)
	}
	defer unlock()
	if s.touch(path) { // the process that we waited for has made it
		return path, false, nil
	}
	if err := s.build(ctx, part, key, make); err != nil {
		return "", false, err
	}
	return path, true, nil
}

// touch tells whether the entry is there and marks it as used, which is what Prune goes by.
func (s Store) touch(path string) bool {
	now := time.Now()
	return os.Chtimes(path, now, now) == nil
}

func (s Store) build(ctx context.Context, part, key string, make Maker) error {
	name := part + "-" + key
	// We hold the lock: what lies there under our name is of a builder that was killed.
	stale, err := filepath.Glob(filepath.Join(s.Root, "tmp", name+".*"))
	if err != nil {
		return fmt.Errorf("cannot list leftovers of %s: %w", name, err)
	}
	for _, dir := range stale {
		if err := Remove(dir); err != nil {
			return fmt.Errorf("cannot remove the leftover %s: %w", dir, err)
		}
	}
	if err := os.MkdirAll(filepath.Join(s.Root, "tmp"), 0o755); err != nil {
		return fmt.Errorf("cannot make the cache folder: %w", err)
	}
	dir, err := os.MkdirTemp(filepath.Join(s.Root, "tmp"), name+".*")
	if err != nil {
		return fmt.Errorf("cannot make a folder for %s: %w", name, err)
	}
	if err := os.Chmod(dir, 0o755); err != nil { // MkdirTemp's 0700 would become the entry's
		return errors.Join(err, Remove(dir))
	}
	if err := make(ctx, dir); err != nil {
		return errors.Join(err, Remove(dir))
	}
	if err := syncTree(dir); err != nil {
		return errors.Join(err, Remove(dir))
	}
	if err := os.Rename(dir, s.Path(part, key)); err != nil {
		return errors.Join(fmt.Errorf("cannot put %s in its place: %w", name, err), Remove(dir))
	}
	return nil
}

// Lock takes the named lock, waiting for as long as ctx lasts.
func (s Store) Lock(ctx context.Context, name string, waiting func()) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Join(s.Root, "locks"), 0o755); err != nil {
		return nil, fmt.Errorf("cannot make the folder of locks: %w", err)
	}
	lock := flock.New(filepath.Join(s.Root, "locks", name+".lock"))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("cannot take the lock %s: %w", lock.Path(), err)
	}
	if !ok {
		if waiting != nil {
			waiting()
		}
		if _, err := lock.TryLockContext(ctx, lockPoll); err != nil {
			return nil, fmt.Errorf("gave up waiting for the lock %s: %w", lock.Path(), err)
		}
	}
	return func() { _ = lock.Unlock() }, nil // the lock ends with the process at the latest
}

// syncTree makes the files of dir safe on disk before the rename says that they are: a power cut must not leave a
// complete-looking entry with empty files.
func syncTree(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("cannot open %s: %w", dir, err)
	}
	defer folder.Close()
	if err := unix.Syncfs(int(folder.Fd())); err != nil {
		return fmt.Errorf("cannot write %s to disk: %w", dir, err)
	}
	return nil
}

// Remove removes a tree, also one that holds read-only folders, as Go's module cache does.
func Remove(dir string) error {
	if err := os.RemoveAll(dir); err == nil {
		return nil
	}
	_ = filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			return os.Chmod(path, 0o755)
		}
		return nil
	})
	return os.RemoveAll(dir)
}
