package step

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

const tailLines = 20

// Task is a step while it runs. It is an io.Writer to the step's log, safe for use from several goroutines.
type Task struct {
	name, title string
	logPath     string
	start       time.Time

	mu       sync.Mutex
	file     *os.File
	lines    []string // the last ones, for the activity shown and for a failure
	partial  string   // a line whose end has not come yet
	activity string
	kept     bool
	note     string
	took     time.Duration
}

func newTask(s Step, logs string) (*Task, error) {
	path := filepath.Join(logs, s.Name+".log")
	task := &Task{name: s.Name, title: s.Title, logPath: path, start: time.Now()}
	file, err := os.Create(path)
	if err != nil {
		return task, fmt.Errorf("cannot write the log: %w", err)
	}
	task.file = file
	return task, nil
}

// Write appends to the log. Its last full line is what the reader sees that the step is doing.
func (t *Task) Write(text []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	parts := strings.Split(t.partial+string(text), "\n")
	t.partial = parts[len(parts)-1]
	for _, line := range parts[:len(parts)-1] {
		if line = strings.TrimSpace(line[strings.LastIndexByte(strings.TrimRight(line, "\r"), '\r')+1:]); line != "" {
			t.lines = append(t.lines, line)
			t.activity = line
		}
	}
	if extra := len(t.lines) - tailLines; extra > 0 {
		t.lines = t.lines[extra:]
	}
	return t.file.Write(text)
}

// Say tells the reader, and the log, what the step is doing now.
func (t *Task) Say(format string, args ...any) {
	fmt.Fprintf(t, format+"\n", args...)
}

// Keep says that nothing had to be made, and from where it comes.
func (t *Task) Keep(from string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept, t.note = true, from
}

// KeepIfSilent says that nothing had to be made if nothing was logged.
func (t *Task) KeepIfSilent() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = t.kept || len(t.lines) == 0
}

// Note is shown when the step has ended.
func (t *Task) Note(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.note = fmt.Sprintf(format, args...)
}

func (t *Task) doing() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.activity
}

func (t *Task) result() (kept bool, note string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.kept, t.note
}

func (t *Task) tail() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := t.lines
	if rest := strings.TrimSpace(t.partial); rest != "" {
		lines = append(lines, rest)
	}
	return lines[max(0, len(lines)-tailLines):]
}

func (t *Task) finish(err error) {
	t.took = time.Since(t.start)
	if err != nil {
		fmt.Fprintf(t, "failed: %v\n", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	_ = t.file.Close() // a log: losing its last bytes must not fail the step
}

func (t *Task) timing(err error) Timing {
	result := "made"
	if kept, _ := t.result(); kept {
		result = "kept"
	}
	if err != nil {
		result = "failed"
	}
	return Timing{Name: t.name, Seconds: Seconds(t.took), Result: result}
}

// Failure is a step that failed, with the last lines of its log.
type Failure struct {
	Err  error
	Log  string   // the log's path
	Tail []string // its last lines, at most 20
}

// Error is the failure without the log's lines.
func (f *Failure) Error() string {
	return f.Err.Error()
}

// Unwrap gives the cause.
func (f *Failure) Unwrap() error {
	return f.Err
}
