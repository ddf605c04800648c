package image

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// MaxFileBytes is the size from which a file does not belong in an image: above it, it is a
// model or a data set that would be built, pushed and pulled again with every change.
const MaxFileBytes = 50 << 20

// headBytes is how much of a file is looked at for secrets; longer text files are rare.
const headBytes = 1 << 20

// lfsHeader starts every git-LFS pointer, which is shorter than lfsMaxBytes.
// Source: git-lfs/git-lfs, docs/spec.md.
var lfsHeader = []byte("version https://git-lfs.github.com/spec/v1\n")

const lfsMaxBytes = 1024

// readFiles hashes and checks the files of all contexts, several at a time.
func readFiles(contents []*content) error {
	type job struct {
		content *content
		entry   *entry
	}
	var jobs []job
	var largest int64
	for _, c := range contents {
		for i := range c.files {
			if c.files[i].link == "" {
				jobs = append(jobs, job{c, &c.files[i]})
				largest = max(largest, c.files[i].size)
			}
		}
	}
	var next atomic.Int64
	var notes sync.Mutex
	var workers errgroup.Group
	for range min(runtime.GOMAXPROCS(0)*2, len(jobs)) {
		workers.Go(func() error {
			buffer := make([]byte, min(headBytes, largest+1)) // one more tells that a file has ended
			for i := next.Add(1) - 1; int(i) < len(jobs); i = next.Add(1) - 1 {
				what, do, err := jobs[i].entry.read(jobs[i].content.dir, buffer)
				if err != nil {
					return fmt.Errorf("layer %s: %w", jobs[i].content.layer.Name, err)
				}
				if what != "" {
					notes.Lock()
					jobs[i].content.problem(jobs[i].entry.path, what, do)
					notes.Unlock()
				}
			}
			return nil
		})
	}
	return workers.Wait()
}

// read fills in the digest and says what is wrong with the file, if anything.
func (e *entry) read(dir string, buffer []byte) (what, do string, err error) {
	if e.size > MaxFileBytes {
		return fmt.Sprintf("has %.1f MiB, over the limit of %d MiB", float64(e.size)/(1<<20), MaxFileBytes>>20),
			"keep models and data in a bucket, or list it in .dockerignore", nil
	}
	if secretFile(e.path) {
		return "is an environment file, which is where secrets are kept",
			"list it in .dockerignore, and hand its values to the service as secrets", nil
	}
	file, err := os.Open(filepath.Join(dir, filepath.FromSlash(e.path)))
	if err != nil {
		return "", "", err
	}
	defer file.Close()
	n, err := io.ReadFull(file, buffer)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", "", fmt.Errorf("reading %s: %w", e.path, err)
	}
	head := buffer[:n]
	if len(head) < lfsMaxBytes && bytes.HasPrefix(head, lfsHeader) {
		return "is a git-LFS pointer, not the file itself", "run git lfs pull", nil
	}
	if name, line := findSecret(head); name != "" {
		return fmt.Sprintf("line %d holds what looks like %s", line, name),
			"take it out, revoke it if it was ever shared, and hand it to the service as a secret (a line with gitleaks:allow is let through)", nil
	}
	sum := sha256.New()
	sum.Write(head)
	if n == len(buffer) { // else that was all, and most files are small
		if _, err := io.Copy(sum, file); err != nil {
			return "", "", fmt.Errorf("reading %s: %w", e.path, err)
		}
	}
	sum.Sum(e.digest[:0])
	return "", "", nil
}
