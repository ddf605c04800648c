//go:build e2e

package e2e

import (
	"maps"
	"slices"
	"testing"
	"time"
)

func waitFor(t *testing.T, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(500 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("within %s it did not come true that %s", limit, what)
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
