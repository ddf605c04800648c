package cache_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/cache"
)

const key = "0123456789abcdef"

func write(text string) cache.Maker {
	return func(_ context.Context, dir string) error {
		return os.WriteFile(filepath.Join(dir, "file"), []byte(text), 0o644)
	}
}

func TestEnsureMakesOnceAndKeeps(t *testing.T) {
	store := cache.Store{Root: t.TempDir()}
	path, made, err := store.Ensure(t.Context(), "part", key, nil, write("first"))
	require.NoError(t, err)
	assert.True(t, made)
	assert.Equal(t, filepath.Join(store.Root, "part-"+key), path)

	_, made, err = store.Ensure(t.Context(), "part", key, nil, write("second"))
	require.NoError(t, err)
	assert.False(t, made)
	text, err := os.ReadFile(filepath.Join(path, "file"))
	require.NoError(t, err)
	assert.Equal(t, "first", string(text))
}

func TestAFailedMakerLeavesNothing(t *testing.T) {
	store := cache.Store{Root: t.TempDir()}
	broken := errors.New("broken")
	_, _, err := store.Ensure(t.Context(), "part", key, nil, func(ctx context.Context, dir string) error {
		require.NoError(t, write("half")(ctx, dir))
		return broken
	})
	require.ErrorIs(t, err, broken)
	assert.NoFileExists(t, store.Path("part", key))
	assert.Empty(t, entries(t, filepath.Join(store.Root, "tmp")))
}

// TestHelperHangs is no test: it is the builder that TestAKilledBuilder kills.
func TestHelperHangs(t *testing.T) {
	root := os.Getenv("CACHE_HELPER_ROOT")
	if root == "" {
		t.Skip("only as a child of TestAKilledBuilder")
	}
	_, _, err := cache.Store{Root: root}.Ensure(t.Context(), "part", key, nil, func(ctx context.Context, dir string) error {
		if err := write("half")(ctx, dir); err != nil {
			return err
		}
		time.Sleep(time.Minute)
		return nil
	})
	require.NoError(t, err)
}

func TestAKilledBuilder(t *testing.T) {
	store := cache.Store{Root: t.TempDir()}
	child := exec.Command(os.Args[0], "-test.run=^TestHelperHangs$")
	child.Env = append(os.Environ(), "CACHE_HELPER_ROOT="+store.Root)
	require.NoError(t, child.Start())
	require.Eventually(t, func() bool {
		found, err := filepath.Glob(filepath.Join(store.Root, "tmp", "*", "file"))
		return err == nil && len(found) == 1
	}, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, child.Process.Kill())
	require.Error(t, child.Wait())

	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	path, made, err := store.Ensure(ctx, "part", key, nil, write("whole"))
	require.NoError(t, err)
	assert.True(t, made)
	assert.Equal(t, []string{"file"}, entries(t, path))
	assert.Empty(t, entries(t, filepath.Join(store.Root, "tmp")), "what the killed builder left")
}

func TestTwoBuildersOfOneThing(t *testing.T) {
	root := t.TempDir()
	var makers, waits atomic.Int32
	inside, release := make(chan struct{}), make(chan struct{})
	build := func(context.Context, string) error {
		makers.Add(1)
		close(inside)
		<-release
		return nil
	}
	var group sync.WaitGroup
	group.Go(func() {
		_, made, err := cache.Store{Root: root}.Ensure(t.Context(), "part", key, nil, build)
		assert.NoError(t, err)
		assert.True(t, made)
	})
	<-inside
	group.Go(func() {
		waiting := func() { waits.Add(1); close(release) }
		_, made, err := cache.Store{Root: root}.Ensure(t.Context(), "part", key, waiting, build)
		assert.NoError(t, err)
		assert.False(t, made)
	})
	group.Wait()
	assert.Equal(t, int32(1), makers.Load())
	assert.Equal(t, int32(1), waits.Load())
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	store := cache.Store{Root: t.TempDir()}
	unlock, err := store.Lock(t.Context(), "part-"+key, nil)
	require.NoError(t, err)
	defer unlock()
	ctx, cancel := context.WithCancel(t.Context())
	_, _, err = store.Ensure(ctx, "part", key, cancel, write("never"))
	require.ErrorIs(t, err, context.Canceled)
	assert.NoFileExists(t, store.Path("part", key))
}

func TestPruneRemovesOldEntriesOfThePartOnly(t *testing.T) {
	store := cache.Store{Root: t.TempDir()}
	old := time.Now().Add(-31 * 24 * time.Hour)
	for _, name := range []string{
		"part-aaaaaaaaaaaaaaaa", "part-bbbbbbbbbbbbbbbb", "part-" + key, "part-other-cccccccccccccccc", "another-aaaaaaaaaaaaaaaa",
	} {
		require.NoError(t, os.Mkdir(filepath.Join(store.Root, name), 0o755))
		require.NoError(t, os.Chtimes(filepath.Join(store.Root, name), old, old))
	}
	now := time.Now()
	require.NoError(t, os.Chtimes(filepath.Join(store.Root, "part-bbbbbbbbbbbbbbbb"), now, now))

	removed, err := store.Prune("part", key, now.Add(-30*24*time.Hour))
	require.NoError(t, err)
	assert.Equal(t, []string{"part-aaaaaaaaaaaaaaaa"}, removed)
	assert.NoDirExists(t, filepath.Join(store.Root, "part-aaaaaaaaaaaaaaaa"))
	assert.DirExists(t, filepath.Join(store.Root, "part-"+key), "the one in use")
	assert.DirExists(t, filepath.Join(store.Root, "part-other-cccccccccccccccc"), "another part's name begins the same")
}

func TestRemoveTakesReadOnlyFolders(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tree")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "inner"), 0o755))
	require.NoError(t, write("x")(t.Context(), filepath.Join(dir, "inner")))
	require.NoError(t, os.Chmod(filepath.Join(dir, "inner"), 0o555))
	require.NoError(t, cache.Remove(dir))
	assert.NoDirExists(t, dir)
}

func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, entry := range list {
		names = append(names, entry.Name())
	}
	return names
}
