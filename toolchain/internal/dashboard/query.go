package dashboard

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// query is what a log widget asks.
type query struct {
	groups []string
	text   string   // the stages without the sources
	stages []string // of text
	lines  int      // at most
}

const (
	defaultLines = 50
	mostLines    = 200 // what a panel shows; a longer list is for the console
)

var (
	source = regexp.MustCompile(`(?i)^SOURCE\s+['"]([^'"]+)['"]$`)
	lines  = regexp.MustCompile(`(?i)^limit\s+(\d+)$`)
)

// parseQuery reads "SOURCE '<group>' | SOURCE '<group>' | fields … | filter … | sort … | limit N".
func parseQuery(text string) (query, error) {
	q := query{lines: defaultLines}
	for _, stage := range stages(text) {
		if found := source.FindStringSubmatch(stage); found != nil {
			q.groups = append(q.groups, found[1])
			continue
		}
		if found := lines.FindStringSubmatch(stage); found != nil {
			n, err := strconv.Atoi(found[1])
			if err != nil {
				return q, fmt.Errorf("its limit: %w", err)
			}
			q.lines = min(n, mostLines)
		}
		q.stages = append(q.stages, stage)
	}
	if len(q.groups) == 0 {
		return q, fmt.Errorf("the query names no log group; right would be: SOURCE '<group>' | fields …, it is: %s", text)
	}
	q.text = strings.Join(q.stages, " | ")
	return q, nil
}

// stages splits a query at its pipes, but not within quotes or a regular expression.
func stages(text string) []string {
	var list []string
	var stage strings.Builder
	var within rune
	escaped := false
	end := func() {
		if s := strings.TrimSpace(stage.String()); s != "" {
			list = append(list, s)
		}
		stage.Reset()
	}
	for _, r := range text {
		switch {
		case escaped:
			escaped = false
		case r == '\\':
			escaped = true
		case within == r:
			within = 0
		case within == 0 && strings.ContainsRune(`'"/`, r):
			within = r
		case within == 0 && r == '|':
			end()
			continue
		}
		stage.WriteRune(r)
	}
	end()
	return list
}

// emulable are the stages that the emulator's Insights carries out. It passes over all others without a word.
var emulable = regexp.MustCompile(`(?i)^(fields\s+@\w+(\s*,\s*@\w+)*|filter\s+@\w+\s*(=\s*'[^']*'|like\s+/(\\.|[^/])*/i*)|sort\s+@\w+(\s+(asc|desc))?|limit\s+\d+)$`)

// beyondEmulator is the first stage that the emulator would pass over, "" for none.
func (q query) beyondEmulator() string {
	for _, stage := range q.stages {
		if !emulable.MatchString(stage) {
			return stage
		}
	}
	return ""
}
