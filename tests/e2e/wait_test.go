//go:build e2e

package e2e

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// answers tells whether the bot's REST channel answers.
func answers() bool {
	client := http.Client{Timeout: 2 * time.Second}
	response, err := client.Post("http://localhost:5005/webhooks/rest/webhook", "application/json", strings.NewReader(`{"sender":"probe","message":"hello"}`))
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}

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
