// Package watch tells of changes below a folder, one word for each burst of them: while a service is developed, its source
// is mounted there and an edit restarts it.
package watch

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// quiet ends a burst: an editor writes several files, or one in several steps, within milliseconds.
	quiet = 100 * time.Millisecond
	// longest is how long a burst may go on before it is told of all the same.
	longest = time.Second
)

// Watch is a folder that is watched.
type Watch struct {
	quiet   time.Duration
	folder  string
	ignored []string
	watcher *fsnotify.Watcher
	changes chan string
	trouble chan error
}

// Open watches a folder and all below it but the ignored: names relative to it.
func Open(folder string, ignored []string) (*Watch, error) { return open(folder, ignored, quiet) }

func open(folder string, ignored []string, quiet time.Duration) (*Watch, error) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("cannot watch %s: %w", folder, err)
	}
	w := &Watch{quiet: quiet, folder: filepath.Clean(folder), ignored: ignored, watcher: watcher, changes: make(chan string, 1), trouble: make(chan error, 1)}
	if err := w.add(w.folder); err != nil {
		return nil, errors.Join(err, watcher.Close())
	}
	go w.run()
	return w, nil
}

// Changes gives the first path of each burst, relative to the folder. Bursts that nobody has taken yet are one.
func (w *Watch) Changes() <-chan string { return w.changes }

// Trouble gives why some changes are not seen from then on. Troubles that nobody has taken yet are one.
func (w *Watch) Trouble() <-chan error { return w.trouble }

// Close ends the watching.
func (w *Watch) Close() { _ = w.watcher.Close() }

// add watches a folder and those below it: the kernel tells of a folder's own entries alone.
func (w *Watch) add(folder string) error {
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path != w.folder { // it went meanwhile, which its own folder tells of
			return nil
		}
		if err != nil || !d.IsDir() {
			return err
		}
		if path != w.folder && w.ignores(path) {
			return filepath.SkipDir
		}
		return w.watcher.Add(path)
	})
	if err != nil {
		return fmt.Errorf("cannot watch %s: %w; right would be a folder that user and group of the service may read, and enough of fs.inotify.max_user_watches", folder, err)
	}
	return nil
}

func (w *Watch) run() {
	var first string
	var began time.Time
	calm := time.NewTimer(0)
	<-calm.C // none has begun yet
	for {
		select {
		case event, open := <-w.watcher.Events:
			if !open {
				return
			}
			name, counts := w.seen(event)
			if !counts {
				continue
			}
			if first == "" {
				first, began = name, time.Now()
			}
			calm.Reset(max(0, min(w.quiet, longest-time.Since(began))))
		case err, open := <-w.watcher.Errors:
			if !open {
				return
			}
			w.tell(fmt.Errorf("changes below %s may have been missed: %w", w.folder, err))
		case <-calm.C:
			select {
			case w.changes <- first:
			default: // one that is still to be taken says as much
			}
			first = ""
		}
	}
}

// seen is the path of a change that counts. New folders are watched from here on; what is in one already is part of the
// same burst.
func (w *Watch) seen(event fsnotify.Event) (name string, counts bool) {
	if event.Op == fsnotify.Chmod || w.ignores(event.Name) { // a backup or a search index touches what it reads
		return "", false
	}
	name, err := filepath.Rel(w.folder, event.Name)
	if err != nil {
		name = event.Name
	}
	if name == "." {
		if event.Has(fsnotify.Remove) || event.Has(fsnotify.Rename) {
			w.tell(fmt.Errorf("%s itself was removed or replaced, so that no further change is seen", w.folder))
		}
		return name, true
	}
	if event.Has(fsnotify.Create) {
		if err := w.add(event.Name); err != nil {
			w.tell(err)
		}
	}
	return name, true
}

func (w *Watch) tell(err error) {
	select {
	case w.trouble <- err:
	default:
	}
}

// ignores tells that a path is none of the source: it is ignored by name, or in a hidden or generated folder, or a file
// that an editor keeps beside the one that it edits.
func (w *Watch) ignores(path string) bool {
	name, err := filepath.Rel(w.folder, path)
	if err != nil || name == "." {
		return false
	}
	parts := strings.Split(name, string(filepath.Separator))
	for i, part := range parts {
		if strings.HasPrefix(part, ".") || part == "__pycache__" || part == "node_modules" || slices.Contains(w.ignored, filepath.Join(parts[:i+1]...)) {
			return true
		}
	}
	base := parts[len(parts)-1]
	// vim tries whether it can write a folder by a file of the name 4913.
	return strings.HasSuffix(base, "~") || strings.HasPrefix(base, "#") || base == "4913" ||
		slices.Contains([]string{".pyc", ".swp", ".swx"}, filepath.Ext(base))
}
