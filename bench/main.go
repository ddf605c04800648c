// Command bench measures the product against the way that it replaces, in one run on one
// machine, prints a table and writes it to bench/results. It works on a copy of the checkout
// and needs port 4566, so no fleet may be up.
//
//	make bench              everything but the cold start
//	make bench COLD=1       the cold start too: empty caches, some minutes of compiling
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"botyard/tests/checkout"
)

// row is one measurement: seconds, and the ratio to another row where it has a meaning.
type row struct {
	work    string
	seconds float64
	against string
}

func main() {
	cold := flag.Bool("cold", false, "measure the cold start too, with empty caches")
	flag.Parse()
	if err := run(*cold); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(cold bool) error {
	dir, err := os.MkdirTemp("", "botyard-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	y := &yard{dir: filepath.Join(dir, "checkout"), scratch: dir}
	if err := checkout.Copy(".", y.dir); err != nil {
		return err
	}
	rows, err := measure(y, cold)
	if downErr := y.make("down"); err == nil {
		err = downErr
	}
	if err != nil {
		return err
	}
	return report(rows)
}

// measure takes the measurements in the order in which each finds its ground prepared.
func measure(y *yard, cold bool) ([]row, error) {
	var rows []row
	note := func(work, against string, seconds float64) {
		rows = append(rows, row{work, seconds, against})
		fmt.Fprintf(os.Stderr, "%s: %.1f s\n", work, seconds)
	}
	timed := func(work, against string, do func() error) error {
		began := time.Now()
		err := do()
		note(work, against, time.Since(began).Seconds())
		return err
	}
	if cold {
		if err := timed("cold up: empty caches, nothing deployed", "", func() error { return y.coldUp() }); err != nil {
			return nil, err
		}
		if err := y.make("down"); err != nil {
			return nil, err
		}
	}
	if err := y.make("up"); err != nil {
		return nil, err
	}
	steps := []struct {
		work, against string
		do            func() error
	}{
		{"up, nothing to change", "", func() error { return y.make("up") }},
		{oneLine, noCache, y.oneLineServed},
		{"preview of prod", "", func() error { return y.make("preview", "STACK=prod") }},
		{noCache, "", y.buildAllWithoutCache},
	}
	for _, step := range steps {
		if err := timed(step.work, step.against, step.do); err != nil {
			return nil, fmt.Errorf("%s: %w", step.work, err)
		}
	}
	seconds, err := y.editLive()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", edited, err)
	}
	note(edited, oneLine, seconds)
	if seconds, err = y.silenceAtDeploy("Handed over"); err != nil {
		return nil, fmt.Errorf("%s: %w", handedOver, err)
	}
	note(handedOver, stoppedFirst, seconds)
	if err := y.stopFirst(); err != nil {
		return nil, fmt.Errorf("%s: %w", stoppedFirst, err)
	}
	if seconds, err = y.silenceAtDeploy("Stopped first"); err != nil {
		return nil, fmt.Errorf("%s: %w", stoppedFirst, err)
	}
	note(stoppedFirst, "", seconds)
	return rows, nil
}

const (
	handedOver   = "longest silence of the bot at its deploy: a handover"
	stoppedFirst = "longest silence of the bot at its deploy: the old task stopped first"
	edited       = "edit live under make dev (the slowest of five)"
	oneLine      = "one line changed in the bot, up, answer served"
	noCache      = "docker build --no-cache of all layers (build alone)"
)

// report prints the table and writes it beside the machine that it was measured on.
func report(rows []row) error {
	seconds := map[string]float64{}
	for _, r := range rows {
		seconds[r.work] = r.seconds
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s, %d cores, %s\n\n", time.Now().UTC().Format("2006-01-02 15:04 MST"), runtime.NumCPU(), runtime.GOOS+"/"+runtime.GOARCH)
	table := tabwriter.NewWriter(&text, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "WORK\tSECONDS\tRATIO")
	for _, r := range rows {
		ratio := "–"
		if against, ok := seconds[r.against]; ok && r.seconds > 0 {
			ratio = fmt.Sprintf("%.1fx less than %s", against/r.seconds, r.against)
		}
		fmt.Fprintf(table, "%s\t%.1f\t%s\n", r.work, r.seconds, ratio)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Print(text.String())
	if err := os.MkdirAll("bench/results", 0o755); err != nil {
		return err
	}
	return os.WriteFile("bench/results/latest.txt", []byte(text.String()), 0o644)
}
