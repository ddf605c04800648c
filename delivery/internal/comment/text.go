package comment

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits of what is shown of one thing.
const (
	maxCell  = 250 // characters of a name
	maxNames = 12  // property names
)

// code is a text as code, where it can mention nobody.
func code(text string) string {
	return "`" + strings.NewReplacer("`", "'", "\n", " ", "\r", " ").Replace(cut(text, maxCell)) + "`"
}

// row is a line of a table; no text ends its cell.
func row(cells ...string) string {
	line := "|"
	for _, cell := range cells {
		line += " " + strings.ReplaceAll(cell, "|", `\|`) + " |"
	}
	return line + "\n"
}

// cut shortens a text to so many characters.
func cut(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

// names are property names as a list.
func names(properties []string) string {
	if len(properties) == 0 {
		return "–"
	}
	var list []string
	for _, each := range properties[:min(maxNames, len(properties))] {
		list = append(list, code(cut(each, maxCell/5)))
	}
	text := strings.Join(list, ", ")
	if rest := len(properties) - maxNames; rest > 0 {
		text += fmt.Sprintf(" and %d more", rest)
	}
	return text
}

// fenced is a text as a block of code, whatever it holds.
func fenced(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + "text\n" + strings.TrimRight(text, "\n") + "\n" + fence + "\n"
}
