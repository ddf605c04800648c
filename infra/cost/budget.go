package cost

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Exceeds is nil if the estimate is at or below a ceiling, which is botyard:budget.monthlyUSD, at least 0. Otherwise its
// error says by which parts, and what to do.
func (e Estimate) Exceeds(ceilingUSD float64) error {
	if e.TotalUSD <= ceilingUSD {
		return nil
	}
	return fmt.Errorf("the stack would cost %s a month, above botyard:budget.monthlyUSD of %s: the largest parts are %s; "+
		"make it smaller, raise the ceiling, or set botyard:budget.allowAbove to %.2f or more to pass it once",
		dollars(e.TotalUSD), plain(ceilingUSD), e.largest(3), e.TotalUSD)
}

// largest names the parts that cost most, at most so many.
func (e Estimate) largest(most int) string {
	parts := slices.Clone(e.Parts)
	parts = slices.DeleteFunc(parts, func(p Part) bool { return cents(p.USD) == 0 })
	slices.SortStableFunc(parts, func(a, b Part) int { return cmp.Compare(cents(b.USD), cents(a.USD)) })
	var names []string
	for _, p := range parts[:min(most, len(parts))] {
		names = append(names, p.Name+" "+dollars(p.USD))
	}
	return strings.Join(names, ", ")
}
