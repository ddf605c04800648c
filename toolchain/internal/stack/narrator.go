package stack

import (
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"botyard/toolchain/internal/step"
)

// silence is how long Pulumi may say nothing before a line says what it waits for.
const silence = 15 * time.Second

var (
	// A row of Pulumi's plain display: " +  aws:ecs/cluster:Cluster cluster creating (2s)".
	row = regexp.MustCompile(`^\s*(\+\+|\+-|-\+|--|\+|-|~|>|<|=)\s+(\S+) (\S+) (.*)$`)
	// Steps of an image's build that take no time and that every build has.
	chatter = regexp.MustCompile(`\[internal\] |exporting to image|push: The push refers to`)
	seconds = regexp.MustCompile(`\(\d+(\.\d+)?s\) ?`)
	// What AWS and the emulator say when a resource of that name is there already.
	exists = regexp.MustCompile(`(?i)already ?exists|AlreadyExists|ResourceInUse|not idempotent|\.Duplicate\b|Duplicate[A-Z]\w+:|EntityAlreadyExists`)
)

// narrator passes Pulumi's lines on to a reader: without the dots of its progress, and with a line of its own whenever
// nothing has come for a while.
type narrator struct {
	out io.Writer
	now func() time.Time

	mu      sync.Mutex
	partial string
	busy    map[string]time.Time // "type name" → since when
	told    map[string]string    // "type name" → what was last said of it, without the time that it has taken
	last    time.Time
	start   time.Time
	clash   string
}

func newNarrator(out io.Writer, now func() time.Time) *narrator {
	return &narrator{out: out, now: now, busy: map[string]time.Time{}, told: map[string]string{}, last: now(), start: now()}
}

// Write takes a piece of Pulumi's output.
func (n *narrator) Write(text []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	lines := strings.Split(n.partial+string(text), "\n")
	n.partial = lines[len(lines)-1]
	for _, line := range lines[:len(lines)-1] {
		if err := n.line(line); err != nil {
			return 0, err
		}
	}
	return len(text), nil
}

func (n *narrator) line(line string) error {
	if trimmed := strings.TrimSpace(line); trimmed == "" || strings.HasPrefix(trimmed, "@ ") {
		return nil
	}
	if n.clash == "" && exists.MatchString(line) {
		n.clash = strings.TrimSpace(line)
	}
	if parts := row.FindStringSubmatch(line); parts != nil && !n.news(parts[2]+" "+parts[3], parts[4]) {
		return nil
	}
	n.last = n.now()
	_, err := fmt.Fprintln(n.out, line)
	return err
}

// news takes what a row says of a resource and tells whether it is more than that time has passed.
func (n *narrator) news(resource, text string) bool {
	switch word, _, _ := strings.Cut(text, " "); {
	case !strings.HasSuffix(word, "ing"):
		delete(n.busy, resource)
	default:
		if _, known := n.busy[resource]; !known {
			n.busy[resource] = n.now()
		}
	}
	said := seconds.ReplaceAllString(text, "")
	if n.told[resource] == said || chatter.MatchString(said) {
		return false
	}
	n.told[resource] = said
	return true
}

// begin says what is being waited for, whenever it has been silent for long, until the returned function is called.
func (n *narrator) begin() (stop func()) {
	ticker := time.NewTicker(time.Second)
	quit := make(chan struct{})
	go func() {
		for {
			select {
			case <-ticker.C:
				n.tick()
			case <-quit:
				return
			}
		}
	}()
	return func() { ticker.Stop(); close(quit) }
}

func (n *narrator) tick() {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := n.now()
	if now.Sub(n.last) < silence {
		return
	}
	n.last = now
	fmt.Fprintf(n.out, "… %s: %s\n", step.Elapsed(now.Sub(n.start)), n.waiting(now))
}

// waiting names up to three of the resources in work, the longest first.
func (n *narrator) waiting(now time.Time) string {
	keys := slices.SortedFunc(maps.Keys(n.busy), func(a, b string) int {
		if order := n.busy[a].Compare(n.busy[b]); order != 0 {
			return order
		}
		return strings.Compare(a, b)
	})
	if len(keys) == 0 {
		return "Pulumi is at work"
	}
	const shown = 3
	var words []string
	for _, key := range keys[:min(shown, len(keys))] {
		words = append(words, fmt.Sprintf("%s (%s)", key, step.Elapsed(now.Sub(n.busy[key]))))
	}
	text := "waiting for " + strings.Join(words, ", ")
	if more := len(keys) - shown; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// flush passes on a last line that has no end.
func (n *narrator) flush() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.partial != "" {
		_ = n.line(n.partial) // the run has ended; its exit status says more
		n.partial = ""
	}
}

func (n *narrator) conflict() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.clash
}
