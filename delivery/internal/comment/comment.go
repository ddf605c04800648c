// Package comment writes a preview as the one comment of a pull request. It shows names of resources and properties, tags
// of images, prices, and what the preview warned of; no other value of any input.
package comment

import (
	"fmt"
	"strings"

	"botyard/delivery/internal/digest"
	"botyard/infra/cost"
	"botyard/infra/image"
)

// MaxBytes is how long a comment gets. GitHub takes 65,536 characters.
const MaxBytes = 60000

// Report is what the comment tells.
type Report struct {
	Stack   string
	Digest  digest.Digest
	Outputs Outputs
	// Graph is the checkout's layers, and After what it costs; nil where the settings cannot be read, of which CostErr may
	// say more.
	Graph   *image.Graph
	After   *cost.Estimate
	CostErr error
}

// Marker is the first line of a stack's comment, by which it is found again.
func Marker(stack string) string { return "<!-- botyard preview: " + stack + " -->" }

// section is a part of the comment, and what to call it where there is no room for it.
type section struct{ name, text string }

// Markdown is the comment.
func (r Report) Markdown() string {
	changes := r.Digest.Changes
	sections := []section{
		{"", Marker(r.Stack) + "\n## Preview of stack " + code(r.Stack) + "\n" + headline(r.Digest)},
		{"the losses", caution(changes)},
		{"the diagnostics", diagnostics(r.Digest.Diagnostics)},
		{"the images", images(rebuilds(changes, r.Graph))},
		{"the cost", money(r.Outputs.estimate(), r.After, r.CostErr)},
	}
	for _, op := range []digest.Op{digest.Replace, digest.Delete, digest.Update, digest.Create} {
		sections = append(sections, section{"what to " + string(op), table(changes, op)})
	}
	return joined(sections)
}

// joined puts the sections below each other as long as there is room, and names those left out.
func joined(sections []section) string {
	const note = "\n_Left out, because GitHub takes no longer comment: %s. `pulumi preview` shows all._\n"
	var b strings.Builder
	var left []string
	for _, s := range sections {
		if b.Len()+len(s.text)+2*len(note) > MaxBytes {
			left = append(left, s.name)
			continue
		}
		if s.text != "" && b.Len() > 0 {
			b.WriteString("\n")
		}
		b.WriteString(s.text)
	}
	if len(left) > 0 {
		fmt.Fprintf(&b, note, strings.Join(left, ", "))
	}
	return b.String()
}

// headline counts.
func headline(d digest.Digest) string {
	if d.Failed() {
		return "**The preview failed.** What it found before that is below.\n"
	}
	var counts []string
	for _, op := range []digest.Op{digest.Create, digest.Update, digest.Replace, digest.Delete} {
		if n := len(of(d.Changes, op)); n > 0 {
			counts = append(counts, fmt.Sprintf("%d to %s", n, op))
		}
	}
	if len(counts) == 0 {
		return "**Nothing to do.**" + same(d.Same) + "\n"
	}
	return "**" + strings.Join(counts, ", ") + ".**" + same(d.Same) + "\n"
}

func same(count int) string {
	if count == 0 {
		return ""
	}
	return " " + plural(count, "stays as it is.", "stay as they are.")
}

// maxDiagnostics is how many warnings and errors are shown, and maxMessage how many characters of each.
const maxDiagnostics, maxMessage = 10, 1500

// diagnostics are the preview's errors and warnings, errors first.
func diagnostics(all []digest.Diagnostic) string {
	var errors, warnings []string
	for _, d := range all {
		text := cut(d.Message, maxMessage)
		if d.URN != "" {
			text = d.URN[strings.LastIndex(d.URN, ":")+1:] + ": " + text
		}
		if d.Error() {
			errors = append(errors, text)
		} else {
			warnings = append(warnings, text)
		}
	}
	return listed("Errors", errors) + listed("Warnings", warnings)
}

func listed(head string, messages []string) string {
	if len(messages) == 0 {
		return ""
	}
	text := "### " + head + "\n" + fenced(strings.Join(messages[:min(maxDiagnostics, len(messages))], "\n"))
	if rest := len(messages) - maxDiagnostics; rest > 0 {
		text += fmt.Sprintf("\n… and %d more.\n", rest)
	}
	return text
}
