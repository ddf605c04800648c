package drift

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Print writes one line for each difference, or that there is none.
func (r Report) Print(w io.Writer) error {
	if len(r.Differences) == 0 {
		_, err := fmt.Fprintln(w, "no drift")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, d := range r.Differences {
		fmt.Fprintf(t, "%s\t%s %s\t%s\n", d.Op, d.Type, d.Name, d.why())
	}
	return t.Flush()
}

func (d Difference) why() string {
	if len(d.Properties) == 0 {
		return d.Cause
	}
	return strings.Join(d.Properties, ", ") + ": " + d.Cause
}

// Summary is the report in one line, for a message.
func (r Report) Summary() string {
	var words []string
	for _, d := range r.Differences {
		word := d.Op + " " + d.Name
		if len(d.Properties) > 0 {
			word += " (" + strings.Join(d.Properties, ", ") + ")"
		}
		words = append(words, word)
	}
	differ := "resources differ"
	if len(words) == 1 {
		differ = "resource differs"
	}
	return fmt.Sprintf("%d %s: %s", len(words), differ, strings.Join(words, "; "))
}
