package status

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// age is a duration in its largest unit.
func age(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < 0: // two machines' clocks differ
		return "0 s"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < 2*day:
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return fmt.Sprintf("%d d", d/day)
}

func ago(d time.Duration) string { return age(d) + " ago" }

// moment is a time of the clock on the wall, with its day if that is not today.
func moment(t, now time.Time) string {
	t, now = t.Local(), now.Local()
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04")
	}
	return t.Format("2 Jan 15:04")
}

// wrapped breaks a line between words at the screen's width; what follows is indented as what the line says.
func wrapped(line string) string {
	indent := "\n" + strings.Repeat(" ", 10)
	var text strings.Builder
	width := 0
	for i, word := range strings.Split(line, " ") {
		size := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case width+1+size > columns && width > len(indent)-1:
			text.WriteString(indent)
			width = len(indent) - 1
		default:
			text.WriteString(" ")
			width++
		}
		text.WriteString(word)
		width += size
	}
	return text.String()
}
