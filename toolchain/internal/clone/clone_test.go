package clone_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/clone"
)

func TestFindWalksUpToTheCheckout(t *testing.T) {
	root := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", "/cache")
	require.NoError(t, os.MkdirAll(filepath.Join(root, "toolchain", "cmd"), 0o755))
	_, err := clone.Find(filepath.Join(root, "toolchain", "cmd"))
	require.ErrorContains(t, err, "is not inside a checkout of botyard")

	require.NoError(t, os.WriteFile(filepath.Join(root, "Pulumi.yaml"), nil, 0o644))
	c, err := clone.Find(filepath.Join(root, "toolchain", "cmd"))
	require.NoError(t, err)
	assert.Equal(t, clone.Clone{Root: root, Cache: "/cache/botyard"}, c)
	assert.Equal(t, filepath.Join(root, ".botyard", "state"), c.Own("state"))
}

func TestTheCacheIsTheUsers(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(root, "toolchain"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(root, "Pulumi.yaml"), nil, 0o644))
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("HOME", "/home/ada")
	c, err := clone.Find(root)
	require.NoError(t, err)
	assert.Equal(t, "/home/ada/.cache/botyard", c.Cache)
	t.Setenv("XDG_CACHE_HOME", "relative")
	_, err = clone.Find(root)
	require.EqualError(t, err, `XDG_CACHE_HOME must be an absolute path, it is "relative"`)
}

func TestGoEnvKeepsTheUsersOwnFlags(t *testing.T) {
	t.Setenv("GOFLAGS", "-modcacherw")
	assert.Contains(t, clone.GoEnv(), "GOFLAGS=-modcacherw -buildvcs=false")
	t.Setenv("GOFLAGS", "-buildvcs=false")
	assert.Contains(t, clone.GoEnv(), "GOFLAGS=-buildvcs=false")
}
