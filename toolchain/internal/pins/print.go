package pins

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Print writes the table of one file.
func Print(w io.Writer, file string, pins []Pin) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, file+"\tPINNED\tNEWEST\tIMAGE")
	for _, pin := range pins {
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", pin.Name, short(pin.Digest()), pin.state(), pin.image())
	}
	return t.Flush()
}

func (p Pin) state() string {
	switch {
	case p.Local():
		return "an image of this machine"
	case p.Err != nil:
		return "?"
	case p.Newer():
		return short(p.Newest)
	}
	return "the same"
}

// short is the beginning of a digest, as make status shows it.
func short(digest string) string {
	_, hex, ok := strings.Cut(digest, ":")
	if !ok {
		return "–"
	}
	return hex[:min(12, len(hex))]
}
