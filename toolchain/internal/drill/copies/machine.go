package copies

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// becoming is how long a new container may take to run its own program instead of the runtime's.
const becoming = 5 * time.Second

// Machine reads the containers of this machine from /proc and the cgroups. It remembers what does not change, so one
// Machine is for one goroutine.
type Machine struct {
	Proc, Cgroup string
	Service      string // the value of SERVICE in its containers, which every task gets
	known        map[string]*known
}

// known is what is remembered of a container.
type known struct {
	since  time.Time
	other  bool // it is not the service's
	ours   bool
	probe  []string
	looked bool // in this reading; the others are gone
}

// NewMachine reads the real thing; that needs root.
func NewMachine(service string) *Machine {
	return &Machine{Proc: "/proc", Cgroup: "/sys/fs/cgroup", Service: service}
}

// Read lists the service's containers. What ends while it reads may be missing.
func (m *Machine) Read() ([]Container, error) {
	dirs, err := m.dirs()
	if err != nil {
		return nil, err
	}
	if m.known == nil {
		m.known = map[string]*known{}
	}
	var list []Container
	for _, dir := range dirs {
		id := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(dir), "docker-"), ".scope")
		k := m.known[id]
		if k == nil {
			k = &known{since: time.Now()}
			m.known[id] = k
		}
		if k.looked = true; k.other {
			continue
		}
		if c, ok := m.container(id, dir, k); ok {
			list = append(list, c)
		}
	}
	for id, k := range m.known {
		if !k.looked {
			delete(m.known, id)
		}
		k.looked = false
	}
	return list, nil
}

// dirs are the containers' cgroups: of the freezer in version 1, of version 2 where that is all there is; named by Docker
// or by systemd.
func (m *Machine) dirs() ([]string, error) {
	root := m.Cgroup
	if _, err := os.Stat(filepath.Join(root, "freezer")); err == nil {
		root = filepath.Join(root, "freezer")
	}
	var dirs []string
	for _, place := range []string{"docker", "system.slice"} {
		entries, err := os.ReadDir(filepath.Join(root, place))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("cannot list the containers' cgroups: %w", err)
		}
		for _, entry := range entries {
			if entry.IsDir() && (place == "docker" || strings.HasPrefix(entry.Name(), "docker-") && strings.HasSuffix(entry.Name(), ".scope")) {
				dirs = append(dirs, filepath.Join(root, place, entry.Name()))
			}
		}
	}
	return dirs, nil
}

func (m *Machine) container(id, dir string, k *known) (Container, bool) {
	c := Container{ID: id, Frozen: frozen(dir)}
	pids, err := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
	if err != nil {
		return c, false // gone since the list was read
	}
	for _, word := range strings.Fields(string(pids)) {
		if p, ok := m.process(word); ok {
			c.Processes = append(c.Processes, p)
		}
	}
	if !k.ours {
		m.recognise(c.init().Pid, k)
	}
	c.Probe = k.probe
	return c, k.ours
}

// recognise looks whether the container is the service's, by the environment of its first process.
func (m *Machine) recognise(init int, k *known) {
	environ, err := os.ReadFile(filepath.Join(m.Proc, strconv.Itoa(init), "environ"))
	service, told := "", false
	for _, entry := range strings.Split(string(environ), "\x00") {
		switch name, value, _ := strings.Cut(entry, "="); name {
		case "SERVICE":
			service, told = value, true
		case "WARDEN_PROBE":
			_ = json.Unmarshal([]byte(value), &k.probe) // a request or a connection is the warden's own: no process is a probe then
		}
	}
	k.ours = err == nil && service == m.Service
	k.other = told && !k.ours || !told && time.Since(k.since) > becoming
}

// process reads one process; ok is false when it is gone.
func (m *Machine) process(pid string) (p Process, ok bool) {
	stat, err := os.ReadFile(filepath.Join(m.Proc, pid, "stat"))
	if err != nil {
		return p, false
	}
	if p, err = parse(pid, string(stat)); err != nil {
		return p, false
	}
	if line, err := os.ReadFile(filepath.Join(m.Proc, pid, "cmdline")); err == nil && len(line) > 0 {
		p.Args = strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")
	}
	return p, true
}

// parse reads a stat line. Its second field is the program's name in parentheses, which may hold anything.
func parse(pid, stat string) (Process, error) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	const stateField, parentField, startField = 0, 1, 19 // counted from the third field
	if len(fields) <= startField {
		return Process{}, fmt.Errorf("process %s has a stat line that cannot be read: %q", pid, stat)
	}
	state := fields[stateField]
	p := Process{Ended: state == "Z" || state == "X", Stopped: state == "T" || state == "t"}
	var err error
	for _, number := range []struct {
		to   *int
		text string
	}{{&p.Pid, pid}, {&p.Parent, fields[parentField]}} {
		if *number.to, err = strconv.Atoi(number.text); err != nil {
			return p, fmt.Errorf("process %s has a stat line that cannot be read: %w", pid, err)
		}
	}
	p.Start, err = strconv.ParseUint(fields[startField], 10, 64)
	return p, err
}

// frozen tells whether a cgroup is wholly frozen: one that is only on the way there still runs.
func frozen(dir string) bool {
	if state, err := os.ReadFile(filepath.Join(dir, "freezer.state")); err == nil {
		return strings.TrimSpace(string(state)) == "FROZEN"
	}
	events, err := os.ReadFile(filepath.Join(dir, "cgroup.events"))
	return err == nil && strings.Contains("\n"+string(events), "\nfrozen 1\n")
}
