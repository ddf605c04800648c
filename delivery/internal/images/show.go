package images

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// String is the result as a line, and below it the end of the log of a build that failed.
func (r Result) String() string {
	line := fmt.Sprintf("%s: %s", r.Layer, r.State)
	switch r.State {
	case NotBuilt:
		return line + " for want of " + strings.Join(r.Beneath, " and ")
	case Failed:
		return fmt.Sprintf("%s after %.1f s; the last lines of %s:\n  %s", line, r.Seconds, r.Log, strings.Join(r.Tail, "\n  "))
	}
	return fmt.Sprintf("%s in %.1f s", line, r.Seconds)
}

// Table prints all results.
func Table(out io.Writer, results []Result) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "LAYER\tSECONDS\tRESULT")
	for _, r := range results {
		seconds := fmt.Sprintf("%.1f", r.Seconds)
		if r.State == NotBuilt {
			seconds = "–"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", r.Layer, seconds, r.State)
	}
	w.Flush()
}
