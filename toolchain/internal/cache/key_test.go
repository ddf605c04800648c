package cache_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/cache"
)

func TestKeyChangesWithWhatIsBuiltFromAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string, mode os.FileMode) {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), mode))
		require.NoError(t, os.Chmod(path, mode))
	}
	keyOf := func(words ...string) string {
		key, err := cache.Key(words, dir)
		require.NoError(t, err)
		require.Len(t, key, 16)
		return key
	}
	put("main.go", "package main", 0o644)
	put("inner/a.go", "package inner", 0o644)
	first := keyOf("go1.26 linux/amd64")
	assert.Equal(t, first, keyOf("go1.26 linux/amd64"), "the same twice")

	for _, c := range []struct{ name, text string }{
		{"main_test.go", "x"}, {"README.md", "x"}, {".hidden", "x"}, {"__pycache__/a.pyc", "x"}, {"tests/a.py", "x"}, {"test_a.py", "x"}, {"testdata/a", "x"},
	} {
		put(c.name, c.text, 0o644)
		assert.Equal(t, first, keyOf("go1.26 linux/amd64"), "%s is not built from", c.name)
	}

	assert.NotEqual(t, first, keyOf("go1.27 linux/amd64"), "another word")
	put("main.go", "package main ", 0o644)
	second := keyOf("go1.26 linux/amd64")
	assert.NotEqual(t, first, second, "another content")
	put("main.go", "package main ", 0o755)
	third := keyOf("go1.26 linux/amd64")
	assert.NotEqual(t, second, third, "executable now")
	require.NoError(t, os.Rename(filepath.Join(dir, "inner/a.go"), filepath.Join(dir, "inner/b.go")))
	assert.NotEqual(t, third, keyOf("go1.26 linux/amd64"), "another name")
}

func TestKeyOfWhatIsNotThere(t *testing.T) {
	_, err := cache.Key(nil, filepath.Join(t.TempDir(), "gone"))
	require.ErrorIs(t, err, os.ErrNotExist)
}
