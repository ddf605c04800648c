package checkout

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
)

// refFile is where the cache remembers what a ref meant last.
func refFile(cache string, r Repository) string {
	sum := sha256.Sum256([]byte(r.Name()))
	return filepath.Join(cache, "refs", hex.EncodeToString(sum[:])[:32])
}

// remember notes what a ref means now.
func remember(cache string, r Repository, t *Tree) error {
	file := refFile(cache, r)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return broken(err)
	}
	temporary, err := os.CreateTemp(filepath.Dir(file), workPrefix)
	if err != nil {
		return broken(err)
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.WriteString(t.Commit)
	if closeErr := temporary.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(temporary.Name(), file) // two at once leave one of both
	}
	if err != nil {
		return broken(err)
	}
	return nil
}

// recall is the content that a ref meant last; nil where that is not known, or not here any more.
func recall(cache string, r Repository) *Tree {
	text, err := os.ReadFile(refFile(cache, r))
	if err != nil {
		return nil
	}
	t := at(cache, r, strings.TrimSpace(string(text)))
	if t.open() != nil {
		return nil
	}
	return t
}
