package comment

import (
	"fmt"
	"strings"

	"botyard/delivery/internal/digest"
)

// maxRows is how many rows a table has at most; the rest is counted.
const maxRows = 50

// table is a folded table with a row for each change of one kind, "" if there is none.
func table(changes []digest.Change, op digest.Op) string {
	some := of(changes, op)
	if len(some) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<details><summary>%d to %s</summary>\n\n", len(some), op)
	head, cells := []string{"type", "name"}, func(c digest.Change) []string { return []string{code(c.Type), code(c.Name)} }
	switch op {
	case digest.Update:
		head, cells = append(head, "what changes"), func(c digest.Change) []string { return []string{code(c.Type), code(c.Name), names(c.Changed)} }
	case digest.Replace:
		head, cells = append(head, "forced by"), func(c digest.Change) []string { return []string{code(c.Type), code(c.Name), names(c.Forced)} }
	}
	b.WriteString(row(head...) + strings.Repeat("|---", len(head)) + "|\n")
	for _, c := range some[:min(maxRows, len(some))] {
		b.WriteString(row(cells(c)...))
	}
	if rest := len(some) - maxRows; rest > 0 {
		fmt.Fprintf(&b, "\n… and %d more.\n", rest)
	}
	return b.String() + "\n</details>\n"
}

// of are the changes of one kind.
func of(changes []digest.Change, op digest.Op) []digest.Change {
	var some []digest.Change
	for _, c := range changes {
		if c.Op == op {
			some = append(some, c)
		}
	}
	return some
}

// caution is the loud block for what loses data, "" if nothing does.
func caution(changes []digest.Change) string {
	var lost []digest.Change
	for _, c := range changes {
		if c.Loses() {
			lost = append(lost, c)
		}
	}
	if len(lost) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "> [!CAUTION]\n> **What %s would be lost:**\n>\n", plural(len(lost), "resource holds", "resources hold"))
	for _, c := range lost[:min(maxRows, len(lost))] {
		fmt.Fprintf(&b, "> - **%s** %s", c.Op, code(c.URN))
		if c.Op == digest.Replace {
			fmt.Fprintf(&b, ", forced by %s", names(c.Forced))
		}
		if c.Protected {
			b.WriteString("; it is protected, so that the update will refuse")
		}
		b.WriteString("\n")
	}
	if rest := len(lost) - maxRows; rest > 0 {
		fmt.Fprintf(&b, "> - … and %d more\n", rest)
	}
	return b.String()
}

func plural(count int, one, many string) string {
	if count == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", count, many)
}

// images is the table of the layers that rebuild, "" if none does.
func images(list []rebuild) string {
	if len(list) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("### Images that will rebuild\n| layer | tag | why |\n|---|---|---|\n")
	for _, r := range list[:min(maxRows, len(list))] {
		tags := code(r.after)
		switch {
		case r.after == "":
			tags = "–"
		case r.before != "" && r.before != r.after:
			tags = code(r.before) + " → " + tags
		}
		b.WriteString(row(code(r.layer), tags, strings.Join(r.why, "; ")))
	}
	if rest := len(list) - maxRows; rest > 0 {
		fmt.Fprintf(&b, "\n… and %d more.\n", rest)
	}
	return b.String()
}
