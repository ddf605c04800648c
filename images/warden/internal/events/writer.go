package events

import (
	"bytes"
	"io"
	"time"
)

// writerLines is how many lines may wait to be written. More are dropped: the lease must not wait for the log.
const writerLines = 1024

// Writer passes whole lines on in the background, so that a log driver that blocks cannot hold up whoever logs.
type Writer struct {
	lines chan []byte
	close chan struct{}
	done  chan struct{}
}

// NewWriter is a writer to w.
func NewWriter(w io.Writer) *Writer {
	b := &Writer{lines: make(chan []byte, writerLines), close: make(chan struct{}), done: make(chan struct{})}
	go b.pass(w)
	return b
}

// pass writes the lines as they come, and in the end those that wait. There is nowhere to say that one cannot be written.
func (b *Writer) pass(w io.Writer) {
	defer close(b.done)
	for {
		select {
		case line := <-b.lines:
			_, _ = w.Write(line)
			continue
		case <-b.close:
		}
		for len(b.lines) > 0 {
			_, _ = w.Write(<-b.lines)
		}
		return
	}
}

// Write takes a line. It never waits and never fails.
func (b *Writer) Write(line []byte) (int, error) {
	select {
	case b.lines <- bytes.Clone(line):
	default:
	}
	return len(line), nil
}

// Close writes what is left, for as long as patience goes. What somebody still writes after it is dropped: a transfer that
// goes on until the process ends may say so.
func (b *Writer) Close(patience time.Duration) {
	close(b.close)
	select {
	case <-b.done:
	case <-time.After(patience):
	}
}
