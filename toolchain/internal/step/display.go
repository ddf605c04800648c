package step

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

const (
	// quiet is how long a step may run before it is announced: steps that only look into the cache end sooner.
	quiet      = 400 * time.Millisecond
	plainEvery = 15 * time.Second
	liveEvery  = 250 * time.Millisecond
)

// Display shows running steps: on a terminal one line each, redrawn in place; elsewhere a line at the start, at the
// end, and every 15 seconds between. Steps that kept what they had are not shown unless they took long.
type Display struct {
	out    io.Writer
	live   bool
	width  func() int
	every  time.Duration // between two lines of a running step in the plain form
	mu     *sync.Mutex
	shared *screen
}

type screen struct {
	tasks []*shown
	drawn int // lines of the live region now on the terminal
}

type shown struct {
	task      *Task
	announced bool
	lastLine  time.Time
}

// NewDisplay shows steps on out: live if out is a terminal and we are not in CI.
func NewDisplay(out *os.File) Display {
	live := term.IsTerminal(int(out.Fd())) && os.Getenv("CI") == "" && os.Getenv("TERM") != "dumb"
	width := func() int {
		columns, _, err := term.GetSize(int(out.Fd()))
		if err != nil || columns <= 0 {
			return 80
		}
		return columns
	}
	return newDisplay(out, live, width)
}

func newDisplay(out io.Writer, live bool, width func() int) Display {
	return Display{out: out, live: live, width: width, every: plainEvery, mu: &sync.Mutex{}, shared: &screen{}}
}

// begin redraws until the returned function is called.
func (d Display) begin() (stop func()) {
	ticker := time.NewTicker(liveEvery)
	quit, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		for {
			select {
			case now := <-ticker.C:
				d.tick(now)
			case <-quit:
				return
			}
		}
	}()
	return func() {
		ticker.Stop()
		close(quit)
		<-over
		d.mu.Lock()
		defer d.mu.Unlock()
		d.erase()
	}
}

func (d Display) started(task *Task) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shared.tasks = append(d.shared.tasks, &shown{task: task, lastLine: task.start})
}

func (d Display) ended(task *Task, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := slices.IndexFunc(d.shared.tasks, func(s *shown) bool { return s.task == task })
	s := d.shared.tasks[at]
	d.shared.tasks = slices.Delete(d.shared.tasks, at, at+1)
	kept, note := task.result()
	if err == nil && kept && !s.announced {
		return
	}
	d.erase()
	mark, word := "✓", "done"
	if err != nil {
		mark, word = "✗", "failed"
		if errors.Is(err, context.Canceled) {
			word = "stopped"
		}
	}
	line := fmt.Sprintf("%s %-40s %s in %s", mark, task.title, word, Elapsed(task.took))
	if note != "" && err == nil {
		line += ": " + note
	}
	fmt.Fprintln(d.out, line)
	d.draw()
}

func (d Display) tick(now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.live {
		d.erase()
		d.draw()
		return
	}
	for _, s := range d.shared.tasks {
		switch {
		case !s.announced && now.Sub(s.task.start) >= quiet:
			s.announced = true
			fmt.Fprintf(d.out, "… %s\n", s.task.title)
		case s.announced && now.Sub(s.lastLine) >= d.every:
			fmt.Fprintf(d.out, "… %-40s %s: %s\n", s.task.title, Elapsed(now.Sub(s.task.start)), cut(s.task.doing(), 90))
		default:
			continue
		}
		s.lastLine = now
	}
}

// draw writes the live region; erase takes it away again. Both are nothing in the plain form.
func (d Display) draw() {
	if !d.live {
		return
	}
	width := d.width()
	for _, s := range d.shared.tasks {
		age := time.Since(s.task.start)
		if age < quiet {
			continue
		}
		s.announced = true
		line := fmt.Sprintf("… %-40s %7s  %s", s.task.title, Elapsed(age), s.task.doing())
		fmt.Fprintln(d.out, cut(line, width-1))
		d.shared.drawn++
	}
}

func (d Display) erase() {
	if d.live && d.shared.drawn > 0 {
		fmt.Fprintf(d.out, "\x1b[%dA\x1b[J", d.shared.drawn)
	}
	d.shared.drawn = 0
}

// cut shortens a line to at most width characters; a terminal would wrap a longer one and spoil the redrawing.
func cut(line string, width int) string {
	line = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ReplaceAll(line, "\t", " "))
	runes := []rune(line)
	if len(runes) <= width {
		return line
	}
	return string(runes[:max(0, width-1)]) + "…"
}

// Elapsed writes a duration as people read it: 0.4s, 12s, 3m05s.
func Elapsed(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%.0fs", d.Seconds())
	}
	whole := d.Round(time.Second)
	return fmt.Sprintf("%dm%02ds", int(whole.Minutes()), int(whole.Seconds())%60)
}
