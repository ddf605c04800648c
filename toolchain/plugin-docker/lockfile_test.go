package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The digest by which this plugin and the published one see that a context changed is, of the sample's library layer, one
// of the lock and the Dockerfile alone.
func TestTheDigestOfALibraryLayerIsOfItsLockAlone(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS("../../images/python-deps")))
	digest := func() string { return digestOf(t, dir, dir+"/Dockerfile") }
	before := digest()
	write(t, dir, map[string]string{"README.md": "x", "requirements.in": "django\n", "requirements-dev.txt": "x", "app/main.py": "x", "__pycache__/x.pyc": "x"})
	assert.Equal(t, before, digest())

	lock, err := os.ReadFile(dir + "/requirements.txt")
	require.NoError(t, err)
	write(t, dir, map[string]string{"requirements.txt": string(lock) + "\n"})
	assert.NotEqual(t, before, digest())
}
