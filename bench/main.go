// Command bench measures the product against the way that it replaces, in one run on one
// machine, prints a table and writes it to bench/results. It works on a copy of the checkout
// and needs port 4566, so no fleet may be up.
//
//	make bench                      everything but the cold start
//	make bench COLD=1               the cold start too: empty caches, some minutes of compiling
//	go run ./bench -only bake,empty these alone; -help lists them
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"botyard/tests/checkout"
)

func main() {
	cold := flag.Bool("cold", false, "measure the cold start too, with empty caches")
	only := flag.String("only", "", "measure these alone, with commas between them:\n"+describe())
	flag.Parse()
	if err := run(*cold, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(cold bool, only string) (err error) {
	chosen, err := choose(cold, only)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "botyard-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	y := &yard{dir: filepath.Join(dir, "checkout"), scratch: dir}
	if err := checkout.Copy(".", y.dir); err != nil {
		return err
	}
	rows := &table{}
	err = measure(y, chosen, rows)
	err = errors.Join(err, y.make("down"), y.leave())
	if err != nil {
		return err
	}
	return rows.report(resultsFile(only))
}

// measure takes the measurements in the order in which each finds its ground prepared.
func measure(y *yard, chosen []measurement, rows *table) error {
	up := false
	for _, each := range chosen {
		if each.name != coldStart && !up {
			up = true
			if err := y.make("up"); err != nil {
				return err
			}
		}
		if err := each.take(y, rows); err != nil {
			return fmt.Errorf("%s: %w", each.name, err)
		}
	}
	return nil
}
