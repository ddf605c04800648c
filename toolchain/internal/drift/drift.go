// Package drift tells what differs between a stack as it is declared and what really is, from a preview with refresh.
package drift

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Causes of a difference.
const (
	Outside    = "changed outside of Pulumi"
	Deleted    = "deleted outside of Pulumi"
	Undeployed = "declared, not deployed"
	Unknown    = "changed outside of Pulumi, or declared and not deployed: a secret's value is not compared"
)

// Difference is one resource that an update would change. Values are left out: some are secret.
type Difference struct {
	Op         string   // what an update would do: create, update, replace, delete
	Type, Name string   // aws:sns/topic:Topic, alerts
	Properties []string // sorted
	Cause      string
}

// Report is what a preview has found.
type Report struct {
	Project     string
	Differences []Difference // in the order of an update
	Problems    []string     // why the preview failed
}

// digest is the JSON of `pulumi preview --json`, as far as it is read.
type digest struct {
	Steps       []step `json:"steps"`
	Diagnostics []struct {
		Severity string `json:"severity"`
		Message  string `json:"message"`
	} `json:"diagnostics"`
}

type step struct {
	Op             string                     `json:"op"`
	URN            string                     `json:"urn"`
	Old            state                      `json:"oldState"`
	DiffReasons    []string                   `json:"diffReasons"`
	ReplaceReasons []string                   `json:"replaceReasons"`
	Detailed       map[string]json.RawMessage `json:"detailedDiff"`
}

type state struct {
	Inputs  map[string]any `json:"inputs"`
	Outputs map[string]any `json:"outputs"`
}

// changing are the steps that an update would take; the rest are parts of them, or change nothing.
var changing = []string{"create", "update", "replace", "delete", "import"}

// Read reads a preview with refresh. Of each resource that there is it has a step "refresh", with the state as it was noted,
// before the step that an update would take, with the state as it was found.
func Read(text []byte) (Report, error) {
	var d digest
	if err := json.Unmarshal(text, &d); err != nil {
		return Report{}, fmt.Errorf("the preview of Pulumi is no JSON: %w: %.200q", err, text)
	}
	if len(d.Steps) == 0 && len(d.Diagnostics) == 0 {
		return Report{}, errors.New("the preview of Pulumi tells of no resource at all; the stack has one at least, itself")
	}
	var r Report
	noted := map[string]state{}
	for _, s := range d.Steps {
		project, kind, name := parts(s.URN)
		r.Project = project
		if s.Op == "refresh" {
			noted[s.URN] = s.Old
			continue
		}
		if !slices.Contains(changing, s.Op) {
			continue
		}
		before, known := noted[s.URN]
		difference := Difference{Op: s.Op, Type: kind, Name: name, Properties: s.properties()}
		difference.Cause = s.cause(before, known, difference.Properties)
		r.Differences = append(r.Differences, difference)
	}
	for _, diagnostic := range d.Diagnostics {
		if message := strings.TrimSpace(diagnostic.Message); diagnostic.Severity == "error" && !slices.Contains(r.Problems, message) {
			r.Problems = append(r.Problems, message)
		}
	}
	return r, nil
}

// parts are those of urn:pulumi:<stack>::<project>::<type of the parents, by $>$<type>::<name>.
func parts(urn string) (project, kind, name string) {
	const most = 4 // a name may have :: in it
	words := append(strings.SplitN(urn, "::", most), "", "", "")
	return words[1], words[2][strings.LastIndex(words[2], "$")+1:], words[3]
}

func (s step) properties() []string {
	all := slices.Concat(s.DiffReasons, s.ReplaceReasons)
	if len(s.Detailed) > 0 {
		all = slices.Collect(maps.Keys(s.Detailed))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (s step) cause(before state, known bool, properties []string) string {
	switch {
	case s.Op == "create" && known:
		return Deleted
	case s.Op == "create", s.Op == "import", s.Op == "delete", !known:
		return Undeployed
	}
	cause := Undeployed
	for _, property := range properties {
		top := property
		if i := strings.IndexAny(property, ".["); i > 0 {
			top = property[:i]
		}
		switch was, is := before.of(top), s.Old.of(top); {
		case !reflect.DeepEqual(was, is):
			return Outside
		case masked(is):
			cause = Unknown
		}
	}
	return cause
}

// of is a property as it was noted or found: what the provider read, or what it was told.
func (s state) of(property string) any {
	if value, ok := s.Outputs[property]; ok {
		return value
	}
	return s.Inputs[property]
}

// masked tells whether a secret's value stands somewhere within.
func masked(value any) bool {
	text, err := json.Marshal(value)
	return err == nil && strings.Contains(string(text), `"[secret]"`)
}
