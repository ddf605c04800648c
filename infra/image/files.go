package image

import (
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

// headBytes is how much of a file is looked at for secrets; longer text files are rare.
const headBytes = 1 << 20

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
				c, entry := jobs[i].content, jobs[i].entry
				found, err := c.read(entry, buffer)
				if err != nil {
					return fmt.Errorf("layer %s: %w", c.layer.Name, err)
				}
				if found != nil {
					notes.Lock()
					c.note(entry.path, found)
					notes.Unlock()
				}
			}
			return nil
		})
	}
	return workers.Wait()
}

// read fills in the file's digest and says what is wrong with the file, if anything.
func (c *content) read(e *entry, buffer []byte) (*finding, error) {
	if e.size > c.limit() {
		return c.tooLarge(e), nil
	}
	file, err := os.Open(filepath.Join(c.dir, filepath.FromSlash(e.path)))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	n, err := io.ReadFull(file, buffer)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("reading %s: %w", e.path, err)
	}
	head := buffer[:n]
	sum := sha256.New()
	sum.Write(head)
	if n == len(buffer) { // else that was all, and most files are small
		if _, err := io.Copy(sum, file); err != nil {
			return nil, fmt.Errorf("reading %s: %w", e.path, err)
		}
	}
	sum.Sum(e.digest[:0])
	return c.inspect(e, head), nil
}
