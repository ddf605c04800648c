package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"
)

// row is one measurement: seconds, and the ratio to another row where it has a meaning.
type row struct {
	work    string
	seconds float64
	against string
	// atMost is the goal "no more than so many times the other row"; less is "so many times less". 0 is no such goal.
	atMost, less float64
	// said is the result of what is not measured in seconds.
	said string
}

// table is what was measured so far.
type table struct{ rows []row }

func (t *table) note(r row) {
	t.rows = append(t.rows, r)
	fmt.Fprintf(os.Stderr, "%s: %s\n", r.work, r.result())
}

// timed notes how long do takes.
func (t *table) timed(r row, do func() error) error {
	began := time.Now()
	if err := do(); err != nil {
		return fmt.Errorf("%s: %w", r.work, err)
	}
	r.seconds = time.Since(began).Seconds()
	t.note(r)
	return nil
}

// once is timed, unless that work was measured already.
func (t *table) once(work string, do func() error) error {
	if _, there := t.seconds()[work]; there {
		return nil
	}
	return t.timed(row{work: work}, do)
}

func (t *table) seconds() map[string]float64 {
	seconds := map[string]float64{}
	for _, r := range t.rows {
		seconds[r.work] = r.seconds
	}
	return seconds
}

func (r row) result() string {
	if r.said != "" {
		return r.said
	}
	return fmt.Sprintf("%.1f", r.seconds)
}

// ratio compares the row with its other, and both with the goal.
func (r row) ratio(seconds map[string]float64) string {
	against, ok := seconds[r.against]
	switch {
	case !ok || r.seconds <= 0 || against <= 0:
		return "–"
	case r.atMost > 0:
		return fmt.Sprintf("%.2fx of %s (goal: at most %gx)", r.seconds/against, r.against, r.atMost)
	case r.less > 0:
		return fmt.Sprintf("%.1fx less than %s (goal: %gx)", against/r.seconds, r.against, r.less)
	}
	return fmt.Sprintf("%.1fx less than %s", against/r.seconds, r.against)
}

// text is the table, with the machine that it was measured on.
func (t *table) text(now time.Time) (string, error) {
	var text strings.Builder
	fmt.Fprintf(&text, "%s, %d cores, %s\n\n", now.UTC().Format("2006-01-02 15:04 MST"), runtime.NumCPU(), runtime.GOOS+"/"+runtime.GOARCH)
	columns := tabwriter.NewWriter(&text, 0, 8, 2, ' ', 0)
	fmt.Fprintln(columns, "WORK\tSECONDS\tRATIO")
	for _, r := range t.rows {
		fmt.Fprintf(columns, "%s\t%s\t%s\n", r.work, r.result(), r.ratio(t.seconds()))
	}
	err := columns.Flush()
	return text.String(), err
}

// report prints the table and writes it to a file.
func (t *table) report(file string) error {
	text, err := t.text(time.Now())
	if err != nil {
		return err
	}
	fmt.Print(text)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o644)
}
