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
	done  chan struct{}
}

// NewWriter is a writer to w.
func NewWriter(w io.Writer) *Writer {
	b := &Writer{lines: make(chan []byte, writerLines), done: make(chan struct{})}
	go func() {
		defer close(b.done)
		for line := range b.lines {
			_, _ = w.Write(line) // there is nowhere left to say that the log cannot be written
		}
	}()
	return b
}

// Write takes a line. It never waits and never fails.
func (b *Writer) Write(line []byte) (int, error) {
	select {
	case b.lines <- bytes.Clone(line):
	default:
	}
	return len(line), nil
}

// Close writes what is left, for as long as patience goes. Nothing may be written any more.
func (b *Writer) Close(patience time.Duration) {
	close(b.lines)
	select {
	case <-b.done:
	case <-time.After(patience):
	}
}
