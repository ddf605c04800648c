package initproc

import (
	"encoding/binary"
	"time"

	"golang.org/x/sys/unix"

	"botyard/warden/internal/clock"
)

// watch is init's end of the pipe and the deadline that came over it.
type watch struct {
	pipe     int
	alarm    *clock.Alarm
	deadline time.Duration // 0 is none
	partial  []byte
}

// run tells late by how much a deadline has passed, once. It returns without when the worker has closed the pipe.
func (w *watch) run(late chan<- time.Duration) {
	for {
		fds := []unix.PollFd{{Fd: int32(w.pipe), Events: unix.POLLIN}, {Fd: int32(w.alarm.Fd()), Events: unix.POLLIN}}
		if _, err := unix.Poll(fds, -1); err != nil && err != unix.EINTR {
			late <- 0 // without the pipe there is no way to know, and so to go on
			return
		}
		// What is in the pipe first: if init was the one that was paused, the deadline was extended meanwhile.
		open := w.drain()
		if by := clock.Now() - w.deadline; w.deadline > 0 && by >= 0 {
			late <- by
			return
		}
		if !open {
			return
		}
	}
}

// drain reads all that is in the pipe, and tells whether the worker still has its end open.
func (w *watch) drain() bool {
	buffer := make([]byte, 512*messageSize)
	for {
		n, err := unix.Read(w.pipe, buffer)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return err == unix.EAGAIN
		case n == 0:
			return false
		}
		w.partial = append(w.partial, buffer[:n]...)
		for len(w.partial) >= messageSize {
			w.deadline = time.Duration(binary.LittleEndian.Uint64(w.partial))
			w.partial = w.partial[messageSize:]
		}
		if err := w.alarm.Set(w.deadline); err != nil {
			w.deadline = 1 // a deadline that nothing watches must not be trusted: it counts as passed
		}
	}
}
