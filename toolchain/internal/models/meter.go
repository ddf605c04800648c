package models

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// Meter shows how far something is.
type Meter interface {
	Add(bytes int64)
	Done()
}

// Uploading is a bar on a terminal, and elsewhere a line each tenth.
func Uploading(to io.Writer, total int64) Meter {
	if isTerminal(to) {
		return newBar(to, "uploading", total)
	}
	return &lines{to: to, what: "uploading", total: total}
}

// Reading is a bar on a terminal, and elsewhere nothing: it takes seconds.
func Reading(to io.Writer, total int64) Meter {
	if isTerminal(to) {
		return newBar(to, "reading", total)
	}
	return silent{}
}

func isTerminal(to io.Writer) bool {
	file, ok := to.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// redraw is how often a bar is drawn.
const redraw = 100 * time.Millisecond

func newBar(to io.Writer, what string, total int64) bar {
	return bar{progressbar.NewOptions64(total, progressbar.OptionSetWriter(to), progressbar.OptionSetDescription(what),
		progressbar.OptionShowBytes(true), progressbar.OptionSetWidth(30), progressbar.OptionShowCount(), progressbar.OptionThrottle(redraw),
		progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(true))}
}

type silent struct{}

// Add shows nothing.
func (silent) Add(int64) {}

// Done has nothing to take away.
func (silent) Done() {}

type bar struct{ *progressbar.ProgressBar }

// Add moves the bar; what cannot be drawn is no reason to stop.
func (b bar) Add(bytes int64) { _ = b.Add64(bytes) }

// Done takes the bar away.
func (b bar) Done() { _ = b.Clear() }

// lines say each tenth on a line of its own.
type lines struct {
	to          io.Writer
	what        string
	total, done int64
	told        int64 // tenths
	mutex       sync.Mutex
}

// Add may print a line.
func (l *lines) Add(bytes int64) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.done += bytes
	if tenths := 10 * l.done / l.total; tenths > l.told {
		l.told = tenths
		fmt.Fprintf(l.to, "%s: %d%% of %s\n", l.what, 10*tenths, size(l.total))
	}
}

// Done has nothing to take away.
func (*lines) Done() {}

// size is a number of bytes for people, in units of 1000.
func size(bytes int64) string {
	for _, unit := range []struct {
		name string
		of   float64
	}{{"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}} {
		if n := float64(bytes); n >= unit.of {
			return fmt.Sprintf("%.1f %s", n/unit.of, unit.name)
		}
	}
	return fmt.Sprintf("%d bytes", bytes)
}
