package emulator

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"botyard/toolchain/internal/run"
)

// process is an emulator that runs on this machine, of whichever clone.
type process struct {
	pid                int
	clone, state, port string
}

// processes finds the emulators of this machine by their command line and environment.
func processes() []process {
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return nil
	}
	var found []process
	for _, path := range lines {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		args := strings.Split(string(bytes.TrimRight(text, "\x00")), "\x00")
		if len(args) < 3 || args[len(args)-1] != "serve" {
			continue
		}
		root, ours := strings.CutSuffix(args[len(args)-2], filepath.Join("/toolchain", "emulator", "run.py"))
		if !ours {
			continue
		}
		p := process{clone: root}
		p.pid, _ = strconv.Atoi(filepath.Base(filepath.Dir(path)))
		environ, err := os.ReadFile(filepath.Join(filepath.Dir(path), "environ"))
		if err != nil {
			continue // another user's
		}
		for _, variable := range strings.Split(string(environ), "\x00") {
			switch name, value, _ := strings.Cut(variable, "="); name {
			case "STATE_DIR":
				p.state = value
			case "GATEWAY_PORT":
				p.port = value
			}
		}
		found = append(found, p)
	}
	return found
}

// find is the pid of the process that serves this emulator's state, 0 if there is none.
func (e Emulator) find() int {
	for _, p := range processes() {
		if p.state == e.StateDir() && p.port == strconv.Itoa(e.Port) {
			return p.pid
		}
	}
	return 0
}

// adopt writes the pid file anew if our process runs without one: a run may be killed right after it has started it.
func (e Emulator) adopt() error {
	if run.Pid(e.pidFile()) != 0 {
		return nil
	}
	pid := e.find()
	if pid == 0 {
		return nil
	}
	return run.NotePid(e.pidFile(), pid)
}
