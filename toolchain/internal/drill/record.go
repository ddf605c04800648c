package drill

import (
	"fmt"
	"io"
	"strings"
)

// WriteRecord writes the report of a drill on AWS as a Markdown file to keep. Its last line is the JSON line, indented
// as a block of code.
func WriteRecord(w io.Writer, r Report) error {
	line, err := r.JSON()
	if err != nil {
		return err
	}
	day, _, _ := strings.Cut(r.Date, "T")
	var text strings.Builder
	fmt.Fprintf(&text, "# Drill of %s on stack %s, %s\n\n", r.Service, r.Stack, day)
	fmt.Fprintf(&text, "Began %s; the lease lasts %d s. A request was sent every 100 ms from outside.\n\n", r.Date, r.LeaseSeconds)
	text.WriteString("| fault | answers again | two copies | token | holder | alarms |\n|---|---|---|---|---|---|\n")
	for _, f := range r.Faults {
		fmt.Fprintf(&text, "| %s | %s | %s | %s | %s | %s |\n", f.Fault, f.outage(), seen(f.OverlapSeconds), f.tokens(), f.Holder, f.alarms())
	}
	text.WriteString("\nTwo copies: the lease's item was read every 500 ms, and each holder's token must be higher than all before it. " +
		"A copy that runs without the lease cannot be seen from outside, nor can a change between two readings; " +
		"a drill on stack local watches the processes themselves.\n\nThe same for programs:\n\n    " + line + "\n")
	_, err = io.WriteString(w, text.String())
	return err
}

// seen says what the lease's item can show: no contradiction, or for how long there was one.
func seen(seconds float64) string {
	if seconds == 0 {
		return "none seen"
	}
	return fmt.Sprintf("%.3f s", seconds)
}
