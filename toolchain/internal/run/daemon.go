package run

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Daemon is a program that goes on when we end: in a session of its own, its output in a log, its pid in a file.
type Daemon struct {
	Name    string   // the program: a path, or a name on PATH
	Args    []string // its arguments
	Dir     string   // where it runs; empty is our own folder
	Env     []string // variables laid over our own environment
	Log     string   // file that its output is appended to
	PidFile string   // its pid; PidFile.start beside it has its start time, which tells a reused pid from ours
}

// Start starts the daemon and writes its pid file.
func (d Daemon) Start() (pid int, err error) {
	for _, path := range []string{d.Log, d.PidFile} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return 0, fmt.Errorf("cannot start %s: %w", d.Name, err)
		}
	}
	log, err := os.OpenFile(d.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return 0, fmt.Errorf("cannot start %s: %w", d.Name, err)
	}
	defer log.Close()
	cmd := exec.Command(d.Name, d.Args...)
	cmd.Dir, cmd.Env = d.Dir, append(os.Environ(), d.Env...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("cannot start %s: %w", d.Name, err)
	}
	pid = cmd.Process.Pid
	if err := NotePid(d.PidFile, pid); err != nil {
		_ = cmd.Process.Kill() // without its pid file nobody could stop it later
		return 0, fmt.Errorf("cannot note the pid of %s: %w", d.Name, err)
	}
	// Reaped if it ends while we live, so that Pid does not see a zombie as alive.
	go func() { _ = cmd.Wait() }()
	return pid, nil
}

// Pid returns the process that the pid file names, or 0 when there is none or it has ended, also if its pid was given
// to another process since.
func Pid(pidFile string) int {
	text, err := os.ReadFile(pidFile)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || pid <= 0 {
		return 0
	}
	noted, err := os.ReadFile(pidFile + ".start")
	if err != nil {
		return 0
	}
	start, ended, err := startTime(pid)
	if err != nil || ended || start != strings.TrimSpace(string(noted)) {
		return 0
	}
	return pid
}

// Stop ends the process of the pid file: SIGTERM, and SIGKILL past the grace. It removes the file and tells whether
// a process was there. A process without a pid file, or one that is gone, is no error.
func Stop(pidFile string, grace time.Duration) (bool, error) {
	pid := Pid(pidFile)
	if pid == 0 {
		return false, removePid(pidFile)
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil && !errors.Is(err, syscall.ESRCH) {
		return false, fmt.Errorf("cannot stop process %d of %s: %w", pid, pidFile, err)
	}
	killAt := time.Now().Add(grace)
	for giveUp := killAt.Add(5 * time.Second); Pid(pidFile) != 0; time.Sleep(20 * time.Millisecond) {
		now := time.Now()
		if now.After(giveUp) {
			return true, fmt.Errorf("process %d of %s does not end, not even by SIGKILL", pid, pidFile)
		}
		if now.After(killAt) {
			_ = syscall.Kill(pid, syscall.SIGKILL) // gone already is what we want
		}
	}
	return true, removePid(pidFile)
}

// NotePid writes the pid file of a process that runs.
func NotePid(path string, pid int) error {
	start, _, err := startTime(pid) // one that has ended already is found ended by its pid file too
	if err != nil {
		return err
	}
	// The pid last: a pid without its start time is taken for nobody's.
	if err := os.WriteFile(path+".start", []byte(start+"\n"), 0o644); err != nil {
		return err
	}
	return os.WriteFile(path, fmt.Appendf(nil, "%d\n", pid), 0o644)
}

func removePid(path string) error {
	for _, file := range []string{path, path + ".start"} {
		if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("cannot remove the pid file: %w", err)
		}
	}
	return nil
}

// startTime is when the process started, in clock ticks since boot: field 22 of its stat line. A zombie has ended.
func startTime(pid int) (start string, ended bool, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", true, fmt.Errorf("process %d is not there: %w", pid, err)
	}
	// The second field is the program's name in parentheses, which may hold anything.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	const stateField, startField = 0, 19 // counted from the third field
	if len(fields) <= startField {
		return "", true, fmt.Errorf("process %d has a stat line that cannot be read: %q", pid, text)
	}
	return fields[startField], fields[stateField] == "Z" || fields[stateField] == "X", nil
}
