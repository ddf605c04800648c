package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Namespace is the namespace of the stack's settings, as in botyard:images.
const Namespace = "botyard"

// Problem is one thing wrong with a stack's settings. Load's error joins Problems.
type Problem struct {
	// Path is the key's path, such as botyard:services.bot.cpu.
	Path string
	// What is wrong, and Right what would be right.
	What, Right string
}

// Error says where the problem is, what it is, and what would be right.
func (p *Problem) Error() string { return p.Path + ": " + p.What + "; " + p.Right }

// report gathers problems.
type report struct {
	problems []*Problem
	// undecoded are paths whose values could not be decoded: what validation says about them,
	// or about what is in them, would only repeat that.
	undecoded map[string]bool
	// given are the paths of all keys that the stack sets.
	given map[string]bool
	// now is the moment by which waivers expire.
	now time.Time
}

func newReport() *report {
	return &report{undecoded: map[string]bool{}, given: map[string]bool{}}
}

// add notes a problem. What it says comes from the value that is there; right is a sentence
// that begins with a verb.
func (r *report) add(path, what, right string) {
	for bad := range r.undecoded {
		if inside(path, bad) {
			return
		}
	}
	r.problems = append(r.problems, &Problem{Path: path, What: what, Right: right})
}

// undecodable notes a value that could not be decoded.
func (r *report) undecodable(path, what, right string) {
	r.add(path, what, right)
	r.undecoded[path] = true
}

// broken tells that a value, or something in it, could not be decoded.
func (r *report) broken(path string) bool {
	for bad := range r.undecoded {
		if inside(path, bad) || inside(bad, path) {
			return true
		}
	}
	return false
}

// faulty tells that something is noted about a value or something in it.
func (r *report) faulty(path string) bool {
	return slices.ContainsFunc(r.problems, func(p *Problem) bool { return inside(p.Path, path) })
}

// oneOf notes a name that is not among those there are.
func (r *report) oneOf(path, kind, name string, names []string) {
	if !slices.Contains(names, name) {
		r.add(path, fmt.Sprintf("there is no %s %q", kind, name), suggest(name, names))
	}
}

// between notes a number outside of its bounds.
func (r *report) between(path string, value, low, high int, unit string) {
	if value < low || value > high {
		r.add(path, fmt.Sprintf("%d is out of range", value), strings.TrimSpace(fmt.Sprintf("give %d to %d %s", low, high, unit)))
	}
}

// err is everything noted, sorted by path, or nil.
func (r *report) err() error {
	slices.SortStableFunc(r.problems, func(a, b *Problem) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.What, b.What))
	})
	errs := make([]error, len(r.problems))
	for i, p := range r.problems {
		errs[i] = p
	}
	return errors.Join(errs...)
}

// inside tells whether a path is the other or lies below it.
func inside(path, other string) bool {
	rest, ok := strings.CutPrefix(path, other)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// at is the path of a key in a map or struct, in the notation of pulumi config set --path.
func at(path, key string) string {
	if path == "" {
		return Namespace + ":" + key
	}
	if key == "" || strings.ContainsAny(key, ".[]\"\n") {
		return fmt.Sprintf("%s[%q]", path, key)
	}
	return path + "." + key
}

func item(path string, index int) string { return fmt.Sprintf("%s[%d]", path, index) }
