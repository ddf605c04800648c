package main

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	control "github.com/moby/buildkit/api/services/control"
)

const (
	tailLines   = 20          // lines of a failing step's output that its error shows
	statusEvery = time.Second // of a step's output, at most one line in this time is shown
)

// cacheImport begins the name of the vertex that reads one of build.cacheFrom's images. The build goes on without it.
const cacheImport = "importing cache manifest from "

// step is one vertex of BuildKit's graph: what it runs, and the end of what it printed.
type step struct {
	name    string
	err     string
	tail    []string // whole lines, at most tailLines
	partial string   // the line that is still being printed
	started bool
	warned  bool
}

// progress follows a build by the messages that the engine sends.
type progress struct {
	show  func(line string) // gets short lines for a person who waits
	warn  func(text string) // gets what does not fail the build and should not be missed
	steps map[string]*step  // by the vertex's digest
	order []string          // of their first appearance
	last  time.Time         // of the last line of output that was shown
}

func newProgress(show, warn func(string)) *progress {
	return &progress{show: show, warn: warn, steps: map[string]*step{}}
}

// update takes in one message. A step is shown when it starts, then its output, a line now and then.
func (p *progress) update(status *control.StatusResponse) {
	for _, vertex := range status.GetVertexes() {
		s := p.step(vertex.GetDigest())
		s.name, s.err = vertex.GetName(), vertex.GetError()
		if vertex.GetStarted() != nil && !vertex.GetCached() && !s.started {
			s.started = true
			p.show(s.name)
		}
		if image, reads := strings.CutPrefix(s.name, cacheImport); reads && s.failed() && !s.warned {
			s.warned = true
			p.warn(fmt.Sprintf("build.cacheFrom: %s cannot be read, so every step is run: %s", image, s.err))
		}
	}
	for _, log := range status.GetLogs() {
		s := p.step(log.GetVertex())
		s.write(string(log.GetMsg()))
		if line := s.lastLine(); line != "" && time.Since(p.last) >= statusEvery {
			p.last = time.Now()
			p.show(label(s.name) + line)
		}
	}
}

func (p *progress) step(digest string) *step {
	if p.steps[digest] == nil {
		p.steps[digest] = &step{}
		p.order = append(p.order, digest)
	}
	return p.steps[digest]
}

// failure describes the step that failed, with the end of its output; empty when no step did. Steps that were only stopped
// because of another's failure are not meant.
func (p *progress) failure() string {
	for _, digest := range p.order {
		s := p.steps[digest]
		if !s.failed() || strings.HasPrefix(s.name, cacheImport) {
			continue
		}
		if lines := s.lines(); len(lines) > 0 {
			return fmt.Sprintf("step %s failed; the end of its output:\n    %s", s.name, strings.Join(lines, "\n    "))
		}
		return fmt.Sprintf("step %s failed", s.name)
	}
	return ""
}

// failed tells that the step ended in an error of its own, and was not only stopped.
func (s *step) failed() bool { return s.err != "" && !strings.Contains(s.err, "context canceled") }

// control sequences of terminals: colours and movements of the cursor.
var terminalCodes = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]`)

// write adds output of the step; of a line that was overwritten by carriage returns, the last state counts.
func (s *step) write(text string) {
	lines := strings.Split(s.partial+terminalCodes.ReplaceAllString(text, ""), "\n")
	s.partial = lines[len(lines)-1]
	for _, line := range lines[:len(lines)-1] {
		s.tail = append(s.tail, overwritten(line))
	}
	s.tail = s.tail[max(0, len(s.tail)-tailLines):]
}

// lines are the last lines of output, the unfinished one included.
func (s *step) lines() []string {
	lines := s.tail
	if last := overwritten(s.partial); last != "" {
		lines = append(lines[max(0, len(lines)-tailLines+1):], last)
	}
	return lines
}

func (s *step) lastLine() string {
	lines := s.lines()
	if len(lines) == 0 {
		return ""
	}
	return lines[len(lines)-1]
}

func overwritten(line string) string {
	line = strings.TrimRight(line, "\r ")
	return line[strings.LastIndexByte(line, '\r')+1:]
}

var stepNumber = regexp.MustCompile(`^\[[^\]]*\] `)

// label is the number of a step, such as "[2/4] ", to put before a line of its output.
func label(name string) string { return stepNumber.FindString(name) }
