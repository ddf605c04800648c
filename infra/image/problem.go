package image

import (
	"cmp"
	"slices"
)

// Problem is one thing wrong with one layer. Errors of NewGraph are joined Problems.
type Problem struct {
	// Layer is the layer's name.
	Layer string
	// Key is the layer's setting at fault (parent, uses[0], context, dockerfile), or empty when a file is.
	Key string
	// Unknown is the name of a layer that is not there, for callers that know how to find
	// what was meant; or empty.
	Unknown string
	// File is the file at fault, a slash path from the graph's root, or empty.
	File string
	// What is wrong, and Do what to do about it.
	What, Do string
}

// Error says where the problem is, what it is, and what to do.
func (p *Problem) Error() string {
	where := "layer " + p.Layer
	if p.Key != "" {
		where += ": " + p.Key
	}
	return where + ": " + p.Detail()
}

// Detail is Error without the layer's name, for callers that name the place in their own words.
func (p *Problem) Detail() string {
	text := p.What + "; " + p.Do
	if p.File != "" {
		text = p.File + ": " + text
	}
	return text
}

// place is what a layer's problems are sorted by: files by name, then what is about no single file.
func (p *Problem) place() string { return cmp.Or(p.File, "\uffff") }

// inOrder sorts problems by layer, setting and file, so that the same fault always reads the same.
func inOrder(problems []*Problem) []error {
	slices.SortStableFunc(problems, func(a, b *Problem) int {
		return cmp.Or(cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.Key, b.Key), cmp.Compare(a.place(), b.place()))
	})
	errs := make([]error, len(problems))
	for i, p := range problems {
		errs[i] = p
	}
	return errs
}
