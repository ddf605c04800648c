package copies

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func put(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}

// process puts a process into a false /proc. Its program's name is as hostile as the kernel allows.
func process(t *testing.T, m *Machine, pid, parent, start int, state string, args ...string) {
	t.Helper()
	dir := filepath.Join(m.Proc, fmt.Sprint(pid))
	put(t, filepath.Join(dir, "stat"), fmt.Sprintf("%d (a) b (c) %s %d 0 0 0 0 0 0 0 0 0 0 0 0 0 20 0 1 0 %d 0 0", pid, state, parent, start))
	put(t, filepath.Join(dir, "cmdline"), strings.Join(args, "\x00")+"\x00")
}

func TestTheContainersOfBothCgroupVersions(t *testing.T) {
	for name, c := range map[string]struct{ dir, file, thawed, freezing, frozen string }{
		"version 1":            {"freezer/docker/%s", "freezer.state", "THAWED\n", "FREEZING\n", "FROZEN\n"},
		"version 1 of systemd": {"freezer/system.slice/docker-%s.scope", "freezer.state", "THAWED\n", "FREEZING\n", "FROZEN\n"},
		"version 2":            {"docker/%s", "cgroup.events", "populated 1\nfrozen 0\n", "populated 1\nfrozen 0\n", "populated 1\nfrozen 1\n"},
		"version 2 of systemd": {"system.slice/docker-%s.scope", "cgroup.events", "populated 1\nfrozen 0\n", "populated 1\nfrozen 0\n", "populated 1\nfrozen 1\n"},
	} {
		t.Run(name, func(t *testing.T) {
			m := &Machine{Proc: t.TempDir(), Cgroup: t.TempDir(), Service: "bot"}
			dir := func(id string) string { return filepath.Join(m.Cgroup, fmt.Sprintf(c.dir, id)) }
			put(t, filepath.Join(m.Cgroup, "system.slice", "ssh.service", "cgroup.procs"), "1\n")
			put(t, filepath.Join(dir("aaa"), "cgroup.procs"), "10\n11\n12\n99\n")
			put(t, filepath.Join(dir("aaa"), c.file), c.thawed)
			put(t, filepath.Join(dir("bbb"), "cgroup.procs"), "30\n")
			process(t, m, 10, 1, 100, "S", wardenArgs...)
			process(t, m, 11, 10, 101, "S", wardenArgs...)
			process(t, m, 12, 11, 102, "T", botArgs...)
			put(t, filepath.Join(m.Proc, "10", "environ"), "PATH=/bin\x00SERVICE=bot\x00WARDEN_PROBE=[\"python\",\"-m\",\"bot.health\"]\x00")
			process(t, m, 30, 1, 50, "S", "postgres")
			put(t, filepath.Join(m.Proc, "30", "environ"), "SERVICE=other\x00")

			want := Container{ID: "aaa", Probe: probeArgs, Processes: []Process{
				{Pid: 10, Parent: 1, Start: 100, Args: wardenArgs},
				{Pid: 11, Parent: 10, Start: 101, Args: wardenArgs},
				{Pid: 12, Parent: 11, Start: 102, Args: botArgs, Stopped: true},
			}}
			read := func() []Container {
				containers, err := m.Read()
				require.NoError(t, err)
				return containers
			}
			assert.Equal(t, []Container{want}, read())
			put(t, filepath.Join(dir("aaa"), c.file), c.freezing)
			assert.Equal(t, []Container{want}, read(), "it runs until all of it is frozen")
			put(t, filepath.Join(dir("aaa"), c.file), c.frozen)
			want.Frozen = true
			assert.Equal(t, []Container{want}, read())
			require.NoError(t, os.RemoveAll(dir("aaa")))
			assert.Empty(t, read())
		})
	}
}

func TestANewContainerIsRecognisedOnceItRunsItsOwnProgram(t *testing.T) {
	m := &Machine{Proc: t.TempDir(), Cgroup: t.TempDir(), Service: "bot"}
	put(t, filepath.Join(m.Cgroup, "docker", "new", "cgroup.procs"), "10\n")
	process(t, m, 10, 1, 100, "S", "runc", "init")
	put(t, filepath.Join(m.Proc, "10", "environ"), "_LIBCONTAINER_INITPIPE=3\x00")
	containers, err := m.Read()
	require.NoError(t, err)
	assert.Empty(t, containers)
	process(t, m, 10, 1, 100, "S", wardenArgs...)
	put(t, filepath.Join(m.Proc, "10", "environ"), "SERVICE=bot\x00")
	containers, err = m.Read()
	require.NoError(t, err)
	assert.Equal(t, []Container{{ID: "new", Processes: []Process{{Pid: 10, Parent: 1, Start: 100, Args: wardenArgs}}}}, containers)
}

func TestWithoutContainersThereIsNothingToRead(t *testing.T) {
	m := &Machine{Proc: t.TempDir(), Cgroup: t.TempDir(), Service: "bot"}
	containers, err := m.Read()
	require.NoError(t, err)
	assert.Empty(t, containers)
}
