package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/moby/patternmatcher/ignorefile"
	"github.com/tonistiigi/fsutil"
)

// digestKey is where Check leaves the digest of the build context (under build), so that Diff and the state see it.
const digestKey = "contextDigest"

// contextDigest is the SHA-256, in hexadecimal, of all that a build can read: the Dockerfile, then every file of the context
// that .dockerignore leaves, in the order of their paths, each as path, mode, SHA-256 of its content and a zero byte.
//
// The published plugin writes the same bytes in the same order, so that a stack may change between the two without a
// rebuild. Only symbolic links differ: here it is their own text that counts (which is what the image gets), there the
// resolved target, which fails for a dangling link and does not see a link turned to another link of the same end.
func contextDigest(ctx context.Context, contextDir, dockerfile string) (string, error) {
	excludes, err := ignorePatterns(contextDir, dockerfile)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	// The Dockerfile counts under a fixed name and mode, since it may lie outside the context.
	if err := addFile(sum, dockerfile, defaultDockerfile, 0); err != nil {
		return "", err
	}
	err = fsutil.Walk(ctx, contextDir, &fsutil.FilterOpt{ExcludePatterns: excludes},
		func(name string, info fs.FileInfo, err error) error {
			if err != nil || info.IsDir() {
				return err
			}
			return addFile(sum, filepath.Join(contextDir, name), name, info.Mode())
		})
	if err != nil {
		return "", fmt.Errorf("reading the build context %s: %w", contextDir, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// addFile adds one file to the digest of its context; of devices, sockets and pipes only path and mode count.
func addFile(sum io.Writer, file, name string, mode fs.FileMode) error {
	content := sha256.New()
	switch {
	case mode.Type() == fs.ModeSymlink:
		target, err := os.Readlink(file)
		if err != nil {
			return err
		}
		io.WriteString(content, filepath.ToSlash(target)) // a hash never fails to write
	case mode.IsRegular():
		f, err := os.Open(file)
		if err != nil {
			return err
		}
		defer f.Close()
		if _, err := io.Copy(content, f); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(sum, "%s%s%s\x00", path.Clean(filepath.ToSlash(name)), mode, content.Sum(nil))
	return err
}

// ignorePatterns reads <Dockerfile>.dockerignore or, where there is none, .dockerignore of the context, as BuildKit does.
func ignorePatterns(contextDir, dockerfile string) ([]string, error) {
	for _, name := range []string{dockerfile + ".dockerignore", filepath.Join(contextDir, ".dockerignore")} {
		f, err := os.Open(name)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		defer f.Close()
		patterns, err := ignorefile.ReadAll(f)
		if err != nil {
			return nil, fmt.Errorf("%s cannot be read as a .dockerignore: %w", name, err)
		}
		return patterns, nil
	}
	return nil, nil
}
