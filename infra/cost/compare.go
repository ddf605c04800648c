package cost

import (
	"cmp"
	"fmt"
	"slices"
)

// Change is a part of which two estimates differ, in US dollars a month, in whole cents. 0: the part is not there.
type Change struct {
	Name   string  `json:"name"`
	Before float64 `json:"before"`
	After  float64 `json:"after"`
}

// difference is in cents.
func (c Change) difference() int64 { return cents(c.After) - cents(c.Before) }

// Changes are ordered by the size of their difference, the largest first.
type Changes []Change

// Compare is what two estimates differ in, by part; what differs by less than a cent is left out.
func Compare(before, after Estimate) Changes {
	changes := Changes{}
	add := func(name string, was, is float64) {
		i := slices.IndexFunc(changes, func(c Change) bool { return c.Name == name })
		if i < 0 {
			changes = append(changes, Change{Name: name})
			i = len(changes) - 1
		}
		changes[i].Before += was
		changes[i].After += is
	}
	for _, p := range before.Parts {
		add(p.Name, Rounded(p.USD), 0)
	}
	for _, p := range after.Parts {
		add(p.Name, 0, Rounded(p.USD))
	}
	changes = slices.DeleteFunc(changes, func(c Change) bool { return c.difference() == 0 })
	slices.SortFunc(changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(size(b), size(a)), cmp.Compare(a.Name, b.Name))
	})
	return changes
}

// size is a difference without its sign.
func size(c Change) int64 { return max(c.difference(), -c.difference()) }

// String is the changes as a table for a terminal or a comment, with their sum.
func (c Changes) String() string {
	if len(c) == 0 {
		return "The cost stays the same.\n"
	}
	rows := [][]string{{"", "before", "after", "difference"}}
	var sum int64
	for _, each := range c {
		sum += each.difference()
		rows = append(rows, []string{each.Name, dollars(each.Before), dollars(each.After), signed(each.difference())})
	}
	return aligned(append(rows, []string{"a month", "", "", signed(sum)}), 0)
}

// signed shows cents as dollars with their sign.
func signed(cents int64) string {
	if cents < 0 {
		return fmt.Sprintf("-$%.2f", float64(-cents)/100)
	}
	return fmt.Sprintf("+$%.2f", float64(cents)/100)
}
