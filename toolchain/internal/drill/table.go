package drill

import (
	"fmt"
	"io"
	"strings"
)

// columns are wide enough for what stands in them, since rows are printed as they come. A token begins at the epoch
// second of the first one.
const columns = "%-15s %-24s %-11s %-23s %-19s %s\n"

// WriteHead begins the table.
func WriteHead(w io.Writer) {
	fmt.Fprintf(w, columns, "FAULT", "ANSWERS AGAIN", "TWO COPIES", "TOKEN", "HOLDER", "ALARMS")
}

// WriteRow adds a fault's result to the table.
func WriteRow(w io.Writer, r Result) {
	fmt.Fprintf(w, columns, r.Fault, r.outage(), fmt.Sprintf("%.3f s", r.OverlapSeconds), r.tokens(), r.Holder, r.alarms())
}

func (r Result) outage() string {
	if len(r.Runs) == 0 {
		return fmt.Sprintf("%.2f s", r.Seconds)
	}
	return fmt.Sprintf("%.2f s, worst %.2f s", r.Seconds, r.WorstSeconds)
}

func (r Result) tokens() string { return fmt.Sprintf("%d → %d", r.TokenBefore, r.TokenAfter) }

func (r Result) alarms() string {
	if len(r.Alarms) == 0 {
		return "none"
	}
	return strings.Join(r.Alarms, ", ")
}
