package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const fixture = "internal/comment/testdata/"

// fakePulumi puts a pulumi on PATH that prints a preview and outputs, and ends the preview with a status.
func fakePulumi(t *testing.T, preview, outputs, status string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"preview.json": preview, "outputs.json": outputs} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	script := "#!/bin/sh\necho \"$*\" >>" + dir + "/calls\ncase \"$1\" in\nstack) cat " + dir + "/outputs.json ;;\npreview) cat " + dir + "/preview.json; echo why >&2; exit " + status + " ;;\nesac\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "pulumi"), []byte(script), 0o755))
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Cleanup(func() {
		calls, err := os.ReadFile(filepath.Join(dir, "calls"))
		require.NoError(t, err)
		assert.Equal(t, "stack output --json --stack prod --non-interactive\npreview --json --stack prod --non-interactive\n", string(calls))
	})
}

// printed is what do prints, in the checkout's root.
func printed(t *testing.T, do func() error) (string, error) {
	t.Helper()
	t.Chdir("..")
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	defer file.Close()
	before := os.Stdout
	os.Stdout = file
	defer func() { os.Stdout = before }()
	result := do()
	text, err := os.ReadFile(file.Name())
	require.NoError(t, err)
	return string(text), result
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(fixture + name)
	require.NoError(t, err)
	return string(text)
}

// TestTheCommentOfThisCheckout holds that layers and cost are those of the checkout's own stack prod.
func TestTheCommentOfThisCheckout(t *testing.T) {
	preview, outputs := read(t, "preview.json"), read(t, "outputs.json")
	fakePulumi(t, preview, outputs, "0")
	text, err := printed(t, func() error { return previewComment(t.Context(), []string{"--stack", "prod"}) })
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(text, "<!-- botyard preview: prod -->\n"))
	assert.Contains(t, text, "| `bot` | `00550e5b31d51e37` → `4c31bc6adeb9ba92` | because `models` rebuilds |")
	assert.Regexp(t, `\*\*\$89\.94 → \$\d+\.\d\d a month\*\* \(prices of us-east-1, `, text)

	same, err := func() (string, error) {
		var b strings.Builder
		_, err := write(&b, ".", "prod", []byte(preview), []byte(outputs))
		return b.String(), err
	}()
	require.NoError(t, err)
	assert.Equal(t, same, text)
}

func TestAFailedPreviewIsWrittenAndFails(t *testing.T) {
	fakePulumi(t, `{"config": {}, "diagnostics": [{"message": "error: bad", "severity": "error"}]}`, "{}", "1")
	text, err := printed(t, func() error { return previewComment(t.Context(), []string{"--stack", "prod"}) })
	require.EqualError(t, err, "the preview of stack prod failed; the comment says why")
	assert.Contains(t, text, "**The preview failed.**")
	assert.Contains(t, text, "error: bad")
}

func TestNoPreviewIsNoComment(t *testing.T) {
	fakePulumi(t, "", "{}", "6")
	text, err := printed(t, func() error { return previewComment(t.Context(), []string{"--stack", "prod"}) })
	require.EqualError(t, err, "there is no preview of stack prod: pulumi preview --json: exit status 6: why")
	assert.Empty(t, text)
}

func TestTheCommentOfFiles(t *testing.T) {
	absolute, err := filepath.Abs(fixture)
	require.NoError(t, err)
	text, err := printed(t, func() error {
		return commentFromFiles(t.Context(), []string{"--stack", "prod", "--preview", filepath.Join(absolute, "preview.json")})
	})
	require.NoError(t, err)
	assert.Contains(t, text, "What it costs now is not known")
	require.EqualError(t, commentFromFiles(t.Context(), []string{"--stack", "prod"}), "--stack and --preview are needed: see --help")
	require.ErrorIs(t, commentFromFiles(t.Context(), []string{"--stack", "prod", "--preview", "none"}), os.ErrNotExist)
}
