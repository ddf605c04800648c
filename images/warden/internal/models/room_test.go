package models_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"botyard/warden/internal/models"
)

// fill fetches versions, of which the first was used longest ago, and lets go of those that are not to be held.
func (b *bench) fill(t *testing.T, held ...bool) []models.File {
	t.Helper()
	var files []models.File
	for i, hold := range held {
		f := b.put("v"+string(rune('1'+i)), 1000)
		got, err := b.Get(t.Context(), f)
		require.NoError(t, err)
		if !hold {
			got.Release()
		}
		b.held = append(b.held, got)
		at := time.Now().Add(time.Duration(i-10) * time.Hour)
		require.NoError(t, os.Chtimes(filepath.Join(b.Folder, f.SHA256+".use"), at, at))
		files = append(files, f)
	}
	return files
}

// full makes the disk have room for one more model only after so many were removed.
func (b *bench) full(removals int) {
	b.Free = func(folder string) (int64, error) {
		there, err := filepath.Glob(filepath.Join(folder, "*", "g.tar.gz"))
		if len(there) <= 3-removals {
			return 1<<30 + 1000, err
		}
		return 1<<30 + 999, err
	}
}

func (b *bench) has(t *testing.T, f models.File) bool {
	t.Helper()
	_, err := os.Stat(filepath.Join(b.Folder, f.SHA256))
	require.True(t, err == nil || os.IsNotExist(err), err)
	return err == nil
}

func TestAFullDiskLosesTheModelsThatWereUsedLongestAgo(t *testing.T) {
	b := newBench(t)
	old := b.fill(t, false, false, false)
	b.full(2)
	f := b.put("new", 1000)
	held, err := b.Get(t.Context(), f)
	require.NoError(t, err)
	b.whole(t, f, held)
	require.Equal(t, []bool{false, false, true}, []bool{b.has(t, old[0]), b.has(t, old[1]), b.has(t, old[2])})
	require.Contains(t, b.logged(), "removed a model that no task of this host runs with, to make room")
}

func TestAModelThatATaskRunsWithStays(t *testing.T) {
	b := newBench(t)
	old := b.fill(t, true, false, true)
	b.full(1)
	_, err := b.Get(t.Context(), b.put("new", 1000))
	require.NoError(t, err)
	require.Equal(t, []bool{true, false, true}, []bool{b.has(t, old[0]), b.has(t, old[1]), b.has(t, old[2])})

	b = newBench(t)
	old = b.fill(t, true, true, true)
	b.full(1)
	_, err = b.Get(t.Context(), b.put("new", 1000))
	require.EqualError(t, err, "model greetings, version new: the disk is too full: it has 1024 MiB free, and the model needs 0 MiB and 1024 MiB to spare; "+
		"no model that a task does not use is left to remove; right would be a larger hosts.diskGiB, and new hosts")
	require.True(t, b.has(t, old[0]))
	require.Len(t, b.server.Got(), 3, "nothing was fetched")
}

func TestADiskWithRoomKeepsAll(t *testing.T) {
	b := newBench(t)
	old := b.fill(t, false, false)
	b.full(0)
	_, err := b.Get(t.Context(), b.put("new", 1000))
	require.NoError(t, err)
	require.True(t, b.has(t, old[0]) && b.has(t, old[1]))
	free, err := models.Free(b.Folder)
	require.NoError(t, err)
	require.Positive(t, free)
}
