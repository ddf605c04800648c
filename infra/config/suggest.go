package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// suggest says what somebody who wrote name probably meant, or else what there is.
func suggest(name string, names []string) string {
	if close := closest(name, names); close != "" {
		return fmt.Sprintf("did you mean %q?", close)
	}
	if len(names) == 0 {
		return "declare it"
	}
	sorted := slices.Sorted(slices.Values(names))
	return "use one of " + strings.Join(sorted, ", ")
}

// closest is the name that differs least, if it differs by less than a third of its letters.
func closest(name string, names []string) string {
	best, least := "", 0
	for _, candidate := range slices.Sorted(slices.Values(names)) {
		distance := levenshtein.Distance(strings.ToLower(name), strings.ToLower(candidate), nil)
		if sameLetters(name, candidate) {
			distance = 1 // two letters that changed places are one mistake, not two
		}
		if distance*3 <= len(candidate) && (best == "" || distance < least) {
			best, least = candidate, distance
		}
	}
	return best
}

func sameLetters(a, b string) bool {
	x, y := []rune(a), []rune(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}
