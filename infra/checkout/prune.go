package checkout

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// workPrefix begins the names of folders in which something is being fetched.
const workPrefix = "work-"

// What nobody has used for so long goes. A fetch takes minutes; an image that is built was opened by the same update.
const (
	keepEntry = 30 * 24 * time.Hour
	keepWork  = 24 * time.Hour
)

// prune removes what is old. What cannot be removed now can be another time: the cache is no less right for it.
func prune(cache string, now time.Time) {
	entries, _ := filepath.Glob(filepath.Join(cache, "*", "*")) // the pattern is a good one
	for _, entry := range entries {
		keep := keepEntry
		working := strings.HasPrefix(filepath.Base(entry), workPrefix)
		if working {
			keep = keepWork
		}
		info, err := os.Lstat(entry)
		if err != nil || now.Sub(info.ModTime()) < keep {
			continue
		}
		if !working { // so that no half of it passes for a whole
			away := filepath.Join(filepath.Dir(entry), workPrefix+"old-"+filepath.Base(entry))
			if os.Rename(entry, away) != nil {
				continue
			}
			entry = away
		}
		_ = os.RemoveAll(entry)
	}
}
