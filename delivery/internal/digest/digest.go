// Package digest reads what `pulumi preview --json` prints: one JSON document with the steps of the update
// (pkg/display/json.go of Pulumi has its types). Values that are secret come as "[secret]" in it.
package digest

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Digest is a preview.
type Digest struct {
	Changes     []Change     // sorted by type and name
	Same        int          // resources that stay as they are
	Diagnostics []Diagnostic // warnings and errors
}

// Diagnostic is what a preview warned of or failed with.
type Diagnostic struct {
	URN      string `json:"urn"`
	Message  string `json:"message"`
	Severity string `json:"severity"` // info, info#err, warning, error
}

// Error tells that the preview failed by it.
func (d Diagnostic) Error() bool { return d.Severity == "error" }

// step is one step of the document, as far as it is used.
type step struct {
	Op             string   `json:"op"`
	URN            string   `json:"urn"`
	OldState       *state   `json:"oldState"`
	NewState       *state   `json:"newState"`
	DiffReasons    []string `json:"diffReasons"`
	ReplaceReasons []string `json:"replaceReasons"`
	DetailedDiff   map[string]struct {
		Kind string `json:"kind"`
	} `json:"detailedDiff"`
}

// state is a resource before or after a step.
type state struct {
	Protect bool           `json:"protect"`
	Inputs  map[string]any `json:"inputs"`
}

// Read reads a preview. It refuses a document without a trace of one, and steps that it does not know: a comment that
// leaves something out would be worse than none.
func Read(from io.Reader) (Digest, error) {
	var document struct {
		Config        map[string]string `json:"config"`
		Steps         []step            `json:"steps"`
		Diagnostics   []Diagnostic      `json:"diagnostics"`
		ChangeSummary map[string]int    `json:"changeSummary"`
	}
	if err := json.NewDecoder(from).Decode(&document); err != nil {
		return Digest{}, fmt.Errorf("the preview is no JSON: %w; right would be what pulumi preview --json prints", err)
	}
	if document.Config == nil && document.Steps == nil && document.Diagnostics == nil && document.ChangeSummary == nil {
		return Digest{}, fmt.Errorf("the JSON is no preview: it has no steps, diagnostics or changeSummary; right would be what pulumi preview --json prints")
	}
	changes, err := changes(document.Steps)
	if err != nil {
		return Digest{}, err
	}
	d := Digest{Changes: changes, Same: document.ChangeSummary["same"]}
	for _, each := range document.Diagnostics {
		if each.Severity == "warning" || each.Error() {
			each.Message = strings.TrimSpace(each.Message)
			d.Diagnostics = append(d.Diagnostics, each)
		}
	}
	return d, nil
}

// Failed tells that the preview ended with an error, so that steps may be missing.
func (d Digest) Failed() bool { return slices.ContainsFunc(d.Diagnostics, Diagnostic.Error) }
