package watch_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/warden/internal/watch"
)

// soon is how long a change may take to be told of on a busy machine; never is how long nothing is waited for.
const (
	soon  = 5 * time.Second
	never = 400 * time.Millisecond
)

func write(t *testing.T, parts ...string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(parts...), []byte(time.Now().String()), 0o644))
}

func open(t *testing.T, folder string, ignored ...string) *watch.Watch {
	t.Helper()
	w, err := watch.Open(folder, ignored)
	require.NoError(t, err)
	t.Cleanup(w.Close)
	return w
}

func told(t *testing.T, w *watch.Watch) string {
	t.Helper()
	select {
	case path := <-w.Changes():
		return path
	case <-time.After(soon):
		require.FailNow(t, "no change was told of")
		return ""
	}
}

func silent(t *testing.T, w *watch.Watch, why string) {
	t.Helper()
	select {
	case path := <-w.Changes():
		require.FailNow(t, "a change was told of", "%s: %s", path, why)
	case <-time.After(never):
	}
}

func TestWhatAnEditorDoesIsOneChange(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "a.py")
	w, err := watch.OpenQuiet(dir, nil, never-100*time.Millisecond)
	require.NoError(t, err)
	t.Cleanup(w.Close)
	for name, edit := range map[string]func(){
		"written in place": func() { write(t, dir, "a.py") },
		"saved beside and renamed": func() {
			write(t, dir, ".a.py.new")
			require.NoError(t, os.Rename(filepath.Join(dir, ".a.py.new"), filepath.Join(dir, "a.py")))
		},
		"put aside, written and removed, as vim does": func() {
			write(t, dir, "4913")
			require.NoError(t, os.Remove(filepath.Join(dir, "4913")))
			require.NoError(t, os.Rename(filepath.Join(dir, "a.py"), filepath.Join(dir, "a.py~")))
			write(t, dir, "a.py")
			require.NoError(t, os.Remove(filepath.Join(dir, "a.py~")))
		},
		"a hundred writes": func() {
			for range 100 {
				write(t, dir, "a.py")
			}
		},
	} {
		edit()
		assert.Equal(t, "a.py", told(t, w), name)
		silent(t, w, name)
	}
	require.NoError(t, os.Remove(filepath.Join(dir, "a.py")))
	assert.Equal(t, "a.py", told(t, w), "a removal")
}

func TestFoldersThatComeAreWatchedWithAllBelowThem(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := open(t, dir)
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "pkg", "deep"), 0o755))
	assert.Equal(t, "pkg", told(t, w))
	write(t, dir, "pkg", "deep", "a.py")
	assert.Equal(t, "pkg/deep/a.py", told(t, w))

	outside := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(outside, "new", "below"), 0o755))
	require.NoError(t, os.Rename(filepath.Join(outside, "new"), filepath.Join(dir, "moved")))
	assert.Equal(t, "moved", told(t, w))
	write(t, dir, "moved", "below", "b.py")
	assert.Equal(t, "moved/below/b.py", told(t, w))

	require.NoError(t, os.RemoveAll(filepath.Join(dir, "moved")))
	told(t, w)
	silent(t, w, "a removal is one change")
	select {
	case err := <-w.Trouble():
		require.NoError(t, err)
	default:
	}
}

func TestWhatIsNoSourceChangesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, folder := range []string{"__pycache__", ".git/refs", "pkg/__pycache__", "tests", "docs/drafts", "node_modules"} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, folder), 0o755))
	}
	write(t, dir, "a.py")
	w := open(t, dir, "tests", "docs/drafts")
	for _, file := range []string{
		"__pycache__/a.cpython-311.pyc", ".git/refs/head", "pkg/__pycache__/x", "tests/test_a.py", "docs/drafts/x", "node_modules/x", // folders
		".env", ".a.py.swp", ".#a.py", "#a.py#", "a.py~", "4913", "a.pyc", "a.swp", // files
	} {
		write(t, dir, file)
	}
	require.NoError(t, os.Chmod(filepath.Join(dir, "a.py"), 0o755))
	_, err := os.ReadFile(filepath.Join(dir, "a.py"))
	require.NoError(t, err)
	silent(t, w, "none of it is source")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "pkg", "tests"), 0o755))
	assert.Equal(t, "pkg/tests", told(t, w), "what is ignored is named from the folder on")
}

func TestABurstWithoutAnEndIsToldOfAllTheSame(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := open(t, dir)
	began := time.Now()
	for time.Since(began) < 1500*time.Millisecond {
		write(t, dir, "log.txt")
		time.Sleep(10 * time.Millisecond)
	}
	select {
	case <-w.Changes():
	default:
		assert.Fail(t, "after a second it is told of, though it goes on")
	}
}

func TestAFolderThatIsReplacedIsTold(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "app")
	require.NoError(t, os.Mkdir(dir, 0o755))
	w := open(t, dir)
	require.NoError(t, os.Remove(dir))
	select {
	case err := <-w.Trouble():
		assert.EqualError(t, err, dir+" itself was removed or replaced, so that no further change is seen")
	case <-time.After(soon):
		assert.Fail(t, "nothing was told")
	}
}

func TestAFolderThatIsNotThere(t *testing.T) {
	_, err := watch.Open("/no/such/folder", nil)
	assert.EqualError(t, err, "cannot watch /no/such/folder: lstat /no/such/folder: no such file or directory; "+
		"right would be a folder that user and group of the service may read, and enough of fs.inotify.max_user_watches")
}
