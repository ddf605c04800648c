package models

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
)

// check tells what is wrong with a file's content, or nothing. All of it is read: some hundred MB a second, once for each
// start of a task, which also brings the file into memory for the service. A service may write to the folder, so that size
// and time of a file prove nothing.
func check(path string, f File) (wrong string, err error) {
	open, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer open.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, open)
	if err != nil {
		return "", err
	}
	if n != f.Size {
		return fmt.Sprintf("it has %d bytes, not %d", n, f.Size), nil
	}
	if is := hex.EncodeToString(sum.Sum(nil)); is != f.SHA256 {
		return fmt.Sprintf("its SHA-256 is %s, not %s", is, f.SHA256), nil
	}
	return "", nil
}
