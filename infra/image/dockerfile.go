package image

import (
	"encoding/json"
	"regexp"
	"strings"
)

// stage is one build stage of a Dockerfile, as far as it decides what the image starts.
type stage struct {
	name, from string
	// entry is the stage's last ENTRYPOINT in exec form, nil without one; line is its line.
	entry []string
	line  int
	// command is what its last CMD says, likewise.
	command []string
}

// readStages reads a Dockerfile's stages. What the builder refuses is its to report: here it
// makes no stage or no entry point.
func readStages(text string) []stage {
	var stages []stage
	for _, each := range instructions(text) {
		switch each.name {
		case "FROM":
			stages = append(stages, from(each.rest))
		case "ENTRYPOINT":
			if len(stages) > 0 {
				last := &stages[len(stages)-1]
				last.entry, last.line = execForm(each.rest), each.line
			}
		case "CMD":
			if len(stages) > 0 {
				stages[len(stages)-1].command = execForm(each.rest)
			}
		}
	}
	return stages
}

// from reads FROM [--flag…] <image> [AS <name>].
func from(rest string) stage {
	fields := strings.Fields(rest)
	for len(fields) > 0 && strings.HasPrefix(fields[0], "--") {
		fields = fields[1:]
	}
	var s stage
	if len(fields) > 0 {
		s.from = strings.Trim(fields[0], `"`)
	}
	if len(fields) == 3 && strings.EqualFold(fields[1], "AS") {
		s.name = fields[2]
	}
	return s
}

// execForm is what an ENTRYPOINT runs: its list, or the shell for what is no list.
func execForm(rest string) []string {
	var list []string
	if json.Unmarshal([]byte(rest), &list) == nil && list != nil {
		return list
	}
	return []string{"/bin/sh", "-c", rest}
}

// entryPoint is what the last stage starts, through the stages that it is FROM. Inherited
// tells that no stage says so and that the parent does.
func entryPoint(stages []stage) (entry []string, inherited bool) {
	if len(stages) == 0 {
		return nil, false
	}
	last := stages[len(stages)-1]
	if last.entry != nil {
		return last.entry, false
	}
	for i := len(stages) - 2; i >= 0; i-- { // the later of two stages of one name counts
		if stages[i].name != "" && strings.EqualFold(stages[i].name, last.from) {
			return entryPoint(stages[:i+1])
		}
	}
	return nil, parentArg.MatchString(last.from)
}

// parentArg is the build arg that holds the parent, as a FROM names it.
var parentArg = regexp.MustCompile(`^\$(?:PARENT|\{PARENT(?::[-+].*)?\})$`)

type instruction struct {
	name, rest string
	line       int // of its first line, counted from 1
}

var (
	escapeDirective = regexp.MustCompile("(?i)^#[ \t]*escape[ \t]*=[ \t]*([\\\\`])[ \t]*$")
	anyDirective    = regexp.MustCompile(`^#[ \t]*[A-Za-z]+[ \t]*=`)
	hereDocument    = regexp.MustCompile(`<<-?["']?([A-Za-z_][A-Za-z0-9_.]*)["']?`)
)

// instructions splits a Dockerfile as the Dockerfile reference says: comments go, lines that
// end in the escape character go on, and here-documents are skipped.
func instructions(text string) []instruction {
	var list []instruction
	lines := strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n")
	escape := escapeOf(lines)
	for i := 0; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		if line == "" || line[0] == '#' {
			continue
		}
		found := instruction{line: i + 1}
		for strings.HasSuffix(line, escape) && i+1 < len(lines) {
			i++
			next := strings.TrimSpace(lines[i])
			if next == "" || next[0] == '#' { // inside of an instruction they end nothing
				continue
			}
			line = strings.TrimSuffix(line, escape) + strings.TrimRight(lines[i], " \t\r")
		}
		found.name, found.rest, _ = strings.Cut(strings.ReplaceAll(line, "\t", " "), " ")
		found.name, found.rest = strings.ToUpper(found.name), strings.TrimSpace(found.rest)
		list = append(list, found)
		i = behindHereDocuments(found, lines, i)
	}
	return list
}

// behindHereDocuments is the last line of the here-documents of an instruction that ends at line i.
func behindHereDocuments(found instruction, lines []string, i int) int {
	if found.name != "RUN" && found.name != "COPY" && found.name != "ADD" {
		return i
	}
	for _, document := range hereDocument.FindAllStringSubmatch(found.rest, -1) {
		for end := i + 1; end < len(lines); end++ {
			if strings.TrimLeft(strings.TrimRight(lines[end], "\r"), "\t") == document[1] {
				i = end
				break
			}
		}
	}
	return i
}

// escapeOf is the escape character, which a directive at the top of the file may change.
func escapeOf(lines []string) string {
	for _, line := range lines {
		line = strings.TrimSpace(line)
		if found := escapeDirective.FindStringSubmatch(line); found != nil {
			return found[1]
		}
		if !anyDirective.MatchString(line) {
			break
		}
	}
	return `\`
}
