package branches

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// read is what Read makes of a file with the text.
func read(t *testing.T, text string) (Table, error) {
	t.Helper()
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, ".github"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(root, File), []byte(text), 0o644))
	return Read(root)
}

// TestTheRepositorysOwnTable holds what the README promises.
func TestTheRepositorysOwnTable(t *testing.T) {
	table, err := Read("../../..")
	require.NoError(t, err)
	assert.Equal(t, Table{"master": "prod", "dev": "staging"}, table)
}

func TestABranchHasOneStack(t *testing.T) {
	table, err := read(t, "branches:\n  master: prod\n  dev: staging\n")
	require.NoError(t, err)
	stack, err := table.Stack("dev")
	require.NoError(t, err)
	assert.Equal(t, "staging", stack)

	_, err = table.Stack("feature/x")
	require.ErrorIs(t, err, ErrUnmapped)
	require.EqualError(t, err, `branch "feature/x" is delivered nowhere: .github/environments.yaml has dev → staging, master → prod; name one of these, or add it there`)
	_, err = table.Stack("")
	require.EqualError(t, err, "which branch? name it: BRANCH=master")
}

func TestABadTableIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"branches:\n  master:\n":            `.github/environments.yaml names no stack for branch "master"; right would be branches: {master: prod}`,
		"branch:\n  master: prod\n":         ".github/environments.yaml cannot be understood: yaml: unmarshal errors:\n  line 1: field branch not found in type struct { Branches branches.Table \"yaml:\\\"branches\\\"\" }; right would be branches: {master: prod}",
		"branches: {a: prod, a: staging}\n": ".github/environments.yaml cannot be understood: yaml: unmarshal errors:\n  line 1: mapping key \"a\" already defined at line 1; right would be branches: {master: prod}",
	} {
		_, err := read(t, text)
		require.EqualError(t, err, want)
	}
	_, err := Read(t.TempDir())
	require.ErrorIs(t, err, os.ErrNotExist)
}
