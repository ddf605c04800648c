// Package host measures how full the host is that the container runs on.
package host

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// DiskUsedPercent is how full the file system of a folder is, percent with one decimal: used / (used + available to
// users), as df's Use% is (GNU coreutils, df.c; it rounds up to a whole number).
//
// Of a container's "/" on overlayfs these are the figures of the file system that holds its upper layer (Linux,
// fs/overlayfs/super.c: ovl_statfs "pass the statfs to the upper filesystem"). Docker keeps that below /var/lib/docker,
// which on an ECS-optimized AMI is the host's root volume (Amazon ECS Developer Guide, "Amazon ECS-optimized Linux AMIs").
func DiskUsedPercent(folder string) (float64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, fmt.Errorf("cannot read how full the file system of %s is: %w", folder, err)
	}
	return diskUsed(folder, s)
}

func diskUsed(folder string, s unix.Statfs_t) (float64, error) {
	used := float64(s.Blocks) - float64(s.Bfree)
	users := used + float64(s.Bavail)
	if used < 0 || users <= 0 {
		return 0, fmt.Errorf("the file system of %s says that it has %d blocks, %d of them free and %d for users: no disk has", folder, s.Blocks, s.Bfree, s.Bavail)
	}
	return percent(used / users), nil
}

// MemoryUsedPercent is how much of the memory is not available to new programs, percent with one decimal: 1 -
// MemAvailable / MemTotal, of a file such as /proc/meminfo. A container sees the host's figures in it, whatever its own
// limit is (Linux, fs/proc/meminfo.c: si_meminfo is the machine's; no namespace has one of its own).
func MemoryUsedPercent(file string) (float64, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, fmt.Errorf("cannot read how much memory is used: %w", err)
	}
	total, errTotal := kilobytes(text, "MemTotal")
	available, errAvailable := kilobytes(text, "MemAvailable")
	if err := errors.Join(errTotal, errAvailable); err != nil {
		return 0, fmt.Errorf("cannot read how much memory is used from %s: %w", file, err)
	}
	if total == 0 || available > total {
		return 0, fmt.Errorf("%s says that %d of %d kB of memory are available: no machine has that", file, available, total)
	}
	return percent(1 - float64(available)/float64(total)), nil
}

// kilobytes is the value of a line such as "MemTotal:       8012345 kB".
func kilobytes(text []byte, name string) (uint64, error) {
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		rest, found := strings.CutPrefix(lines.Text(), name+":")
		if !found {
			continue
		}
		number, err := strconv.ParseUint(strings.TrimSpace(strings.TrimSuffix(rest, "kB")), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%s is %q, no number of kB", name, strings.TrimSpace(rest))
		}
		return number, nil
	}
	return 0, fmt.Errorf("it has no line %s", name)
}

func percent(share float64) float64 { return math.Round(share*1000) / 10 }
