package host

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestDiskCountsWhatUsersMayHaveAsDfDoes(t *testing.T) {
	// 588 of 1000 blocks are free, 50 of these for root alone: 412 of 950 that users see are used.
	used, err := diskUsed("/", unix.Statfs_t{Blocks: 1000, Bfree: 588, Bavail: 538})
	require.NoError(t, err)
	assert.Equal(t, 43.4, used)
	full, err := diskUsed("/", unix.Statfs_t{Blocks: 1000, Bfree: 50})
	require.NoError(t, err)
	assert.Equal(t, 100.0, full, "full for users, though root may still write")
	_, err = diskUsed("/x", unix.Statfs_t{})
	assert.EqualError(t, err, "the file system of /x says that it has 0 blocks, 0 of them free and 0 for users: no disk has")
	_, err = diskUsed("/x", unix.Statfs_t{Blocks: 1, Bfree: 2})
	assert.Error(t, err)
}

func TestDiskOfThisMachine(t *testing.T) {
	used, err := DiskUsedPercent("/")
	require.NoError(t, err)
	assert.Greater(t, used, 0.0)
	assert.LessOrEqual(t, used, 100.0)
	_, err = DiskUsedPercent("/no/such/folder")
	assert.EqualError(t, err, "cannot read how full the file system of /no/such/folder is: no such file or directory")
}

func TestMemory(t *testing.T) {
	file := t.TempDir() + "/meminfo"
	for text, want := range map[string]float64{
		"MemTotal:        8000000 kB\nMemFree:          100000 kB\nMemAvailable:    2960000 kB\n": 63,
		"MemAvailable: 1 kB\nMemTotal: 3 kB\n":                                                    66.7,
		"MemTotal: 3 kB\nMemAvailable: 3 kB\n":                                                    0,
	} {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		used, err := MemoryUsedPercent(file)
		require.NoError(t, err)
		assert.Equal(t, want, used)
	}
	for text, want := range map[string]string{
		"MemTotal: 3 kB\n":                       "cannot read how much memory is used from " + file + ": it has no line MemAvailable",
		"MemTotal: many kB\nMemAvailable: 3 kB":  "cannot read how much memory is used from " + file + `: MemTotal is "many kB", no number of kB`,
		"MemTotal: 3 kB\nMemAvailable: 4 kB\n":   file + " says that 4 of 3 kB of memory are available: no machine has that",
		"MemTotal: 0 kB\nMemAvailable: 0 kB\n\n": file + " says that 0 of 0 kB of memory are available: no machine has that",
	} {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		_, err := MemoryUsedPercent(file)
		assert.EqualError(t, err, want)
	}
	_, err := MemoryUsedPercent("/no/such/file")
	assert.EqualError(t, err, "cannot read how much memory is used: open /no/such/file: no such file or directory")
}
