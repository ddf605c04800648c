package config

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestOddValuesEverywhere puts odd values in place of every value of good, and under a new key
// of every map: each is either refused with a reason or leaves a config that can be trusted.
func TestOddValuesEverywhere(t *testing.T) {
	root := project(t)
	odd := []string{
		`null`, `""`, `"x"`, `" "`, `"Ä💥"`, `"-"`, `"../x"`, `"\u0000"`, `"${x}"`, `"` + strings.Repeat("a", 300) + `"`,
		`0`, `1`, `-1`, `2147483647`, `-2147483648`, `9223372036854775808`, `1.5`, `1e3`, `true`, `false`,
		`[]`, `[null]`, `[[]]`, `[""]`, `{}`, `{"":null}`, `{"":{}}`, `{"secure":"v1:x"}`, `{"a":{"b":{"c":1}}}`,
	}
	accepted, document := 0, goodJSON(t)
	for _, place := range places(t, document) {
		for _, value := range odd {
			var all map[string]any
			require.NoError(t, json.Unmarshal(document, &all))
			var replacement any
			require.NoError(t, json.Unmarshal([]byte(value), &replacement))
			put(all, place, replacement)
			name := fmt.Sprint(strings.Join(place, "."), "=", value)
			c, err := Load(sourceOf(t, root, all))
			if err != nil {
				assert.Nil(t, c, name)
				assertExplains(t, err)
				continue
			}
			accepted++
			assertInvariants(t, c)
		}
	}
	// Many are fine: null where a key may be absent, a long description.
	assert.Greater(t, accepted, 150)
}

// places are the paths of all values in a document, and of a new key in each of its maps.
func places(t *testing.T, document []byte) [][]string {
	t.Helper()
	var all map[string]any
	require.NoError(t, json.Unmarshal(document, &all))
	var found [][]string
	var visit func(value any, path []string)
	visit = func(value any, path []string) {
		if len(path) > 0 {
			found = append(found, path)
		}
		if entries, ok := value.(map[string]any); ok {
			for _, key := range append(Names(entries), "new") {
				visit(entries[key], append(path[:len(path):len(path)], key))
			}
		}
	}
	visit(all, nil)
	return found
}

func put(all map[string]any, path []string, value any) {
	for _, key := range path[:len(path)-1] {
		all, _ = all[key].(map[string]any)
	}
	all[path[len(path)-1]] = value
}

// FuzzStackFile holds that no stack file makes the extension of it panic.
func FuzzStackFile(f *testing.F) {
	f.Add([]byte("config:\n  botyard:a: {b: [1, 2.5, 2026-01-02, ~, {3: x}]}\n"))
	f.Add([]byte("config: &a {b: *a}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		values, err := parseStackFile(text)
		assert.Equal(t, err == nil, values != nil)
	})
}
