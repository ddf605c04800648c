package cache

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const keyLength = 16 // hex characters: 64 bits, ample for a handful of entries

// Key hashes what a part is built from: words (versions, flags) and the content of files and folders, in the order
// given. In folders it leaves out what no build reads: hidden files, Go and Python tests, compiled Python, documents.
func Key(words []string, paths ...string) (string, error) {
	hash := sha256.New()
	for _, word := range words {
		fmt.Fprintf(hash, "word %q\n", word)
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return "", fmt.Errorf("cannot read what a part is built from: %w", err)
		}
		if !info.IsDir() {
			if err := hashFile(hash, filepath.Base(path), path); err != nil {
				return "", err
			}
			continue
		}
		if err := hashFolder(hash, path); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(hash.Sum(nil))[:keyLength], nil
}

// hashFolder walks in lexical order, so the hash does not depend on the file system.
func hashFolder(hash io.Writer, root string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("cannot read what a part is built from: %w", err)
		}
		if path != root && ignored(entry.Name()) {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if entry.IsDir() {
			return nil
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return fmt.Errorf("cannot name %s within %s: %w", path, root, err)
		}
		return hashFile(hash, name, path)
	})
}

func ignored(name string) bool {
	if strings.HasPrefix(name, ".") || name == "__pycache__" || name == "testdata" || name == "tests" {
		return true
	}
	return strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "test_") || strings.HasSuffix(name, ".pyc") ||
		strings.HasSuffix(name, ".md")
}

func hashFile(hash io.Writer, name, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("cannot read what a part is built from: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("cannot read what a part is built from: %w", err)
	}
	// The size separates one file's content from the next one's name; the execute bit is part of a script's meaning.
	fmt.Fprintf(hash, "file %q %t %d\n", filepath.ToSlash(name), info.Mode()&0o100 != 0, info.Size())
	if _, err := io.Copy(hash, file); err != nil {
		return fmt.Errorf("cannot read what a part is built from: %w", err)
	}
	return nil
}
