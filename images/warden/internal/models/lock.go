package models

import (
	"context"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	shared    = unix.LOCK_SH
	exclusive = unix.LOCK_EX

	askAgain = 100 * time.Millisecond
)

// lock takes a lock on a file, which it makes if need be, and waits for whoever has it; waiting, if any, is called once then.
// The lock ends when the file is closed.
func lock(ctx context.Context, path string, kind int, waiting func()) (*os.File, error) {
	for first := true; ; first = false {
		file, err := tryLock(path, kind)
		if file != nil || err != nil {
			return file, err
		}
		if first && waiting != nil {
			waiting()
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(askAgain):
		}
	}
}

// tryLock returns no file where somebody else has the lock.
func tryLock(path string, kind int) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	err = unix.Flock(int(file.Fd()), kind|unix.LOCK_NB)
	if err == nil {
		return file, nil
	}
	_ = file.Close() // it holds nothing
	if err == unix.EWOULDBLOCK {
		return nil, nil
	}
	return nil, &os.PathError{Op: "lock", Path: path, Err: err}
}

// Inherit lets the program that this process becomes go on holding the file.
func (h Held) Inherit() error {
	_, err := unix.FcntlInt(h.use.Fd(), unix.F_SETFD, 0)
	return err
}

// Release lets the file be removed when its room is needed.
func (h Held) Release() { _ = h.use.Close() } // the lock goes with it; there is nothing to lose
