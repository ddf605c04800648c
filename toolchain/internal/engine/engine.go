// Package engine makes sure that a Docker Engine answers: it installs Debian's where there is none and it may, and
// starts it where nothing else does.
package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"botyard/toolchain/internal/run"
)

// ErrNone is in the chain of every error that says that no Docker Engine can run here.
var ErrNone = errors.New("no Docker Engine")

// Engine is the Docker Engine of this machine.
type Engine struct {
	RunDir  string        // folder for the log and pid file of an engine that we start
	System  string        // root of the system's own folders: "/"; tests name another
	Root    bool          // whether we run as root
	Timeout time.Duration // how long a started engine may take to answer
}

// New is the Engine of this machine.
func New(runDir string) Engine {
	return Engine{RunDir: runDir, System: "/", Root: os.Geteuid() == 0, Timeout: time.Minute}
}

// Version asks the engine for its version. It fails when none answers.
func (e Engine) Version(ctx context.Context) (string, error) {
	if _, err := exec.LookPath("docker"); err != nil {
		return "", fmt.Errorf("%w: the command docker is not on PATH", ErrNone)
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	version, err := run.Output(ctx, run.Cmd{Name: "docker", Args: []string{"version", "--format", "{{.Server.Version}}"}})
	if err != nil {
		return "", fmt.Errorf("%w answers: %w", ErrNone, err)
	}
	return version, nil
}

// EnsureInstalled installs what is missing: the engine where none answers, and the further tools. Where it must not or
// cannot, it says exactly what to install.
func (e Engine) EnsureInstalled(ctx context.Context, log io.Writer, tools ...Tool) error {
	missing := missingPackages(tools)
	if _, err := e.Version(ctx); err != nil && !e.installed() {
		if err := e.refuse(err); err != nil {
			return err
		}
		// With pigz there the engine unpacks layers that it pulls in two thirds of the time.
		missing = append([]string{"docker.io", "iptables", "pigz"}, missing...)
	}
	if len(missing) == 0 {
		return nil
	}
	if err := e.install(ctx, log, missing); err != nil {
		return err
	}
	if _, err := exec.LookPath("docker"); err != nil { // a package of its own from Debian 13 on
		return e.install(ctx, log, []string{"docker-cli"})
	}
	return nil
}

// Ensure leaves an engine that answers, starting the installed one if need be, and returns its version.
// log gets what the start prints.
func (e Engine) Ensure(ctx context.Context, log io.Writer) (version string, err error) {
	version, err = e.Version(ctx)
	if err == nil {
		return version, nil
	}
	if err := e.refuse(err); err != nil {
		return "", err
	}
	if err := e.start(ctx, log); err != nil {
		return "", err
	}
	return e.await(ctx)
}

func (e Engine) installed() bool {
	for _, name := range []string{"dockerd", "docker", "iptables"} {
		if _, err := exec.LookPath(name); err != nil {
			return false
		}
	}
	return true
}

// refuse says what the user has to do where we must not install or start an engine.
func (e Engine) refuse(cause error) error {
	if host := os.Getenv("DOCKER_HOST"); host != "" {
		return fmt.Errorf("DOCKER_HOST is %s and nothing answers there; start that engine, or unset DOCKER_HOST to use one of this machine: %w", host, cause)
	}
	if strings.Contains(cause.Error(), "permission denied") {
		return fmt.Errorf("this user may not talk to the Docker Engine; add it to the group docker (usermod -aG docker <user>, then log in again), or run as root: %w", cause)
	}
	if !e.Root {
		if e.installed() {
			return fmt.Errorf("the Docker Engine is installed but does not run; start it as root (systemctl start docker): %w", cause)
		}
		return fmt.Errorf("install the Docker Engine as root (on Debian: apt-get install docker.io iptables) and add this user to the group docker: %w", cause)
	}
	if _, err := exec.LookPath("apt-get"); err != nil && !e.installed() {
		return fmt.Errorf("install the Docker Engine (packages docker and iptables of this system); only Debian's apt-get is done from here: %w", cause)
	}
	return nil
}

// start starts the engine that is installed: through systemd where that runs, else by itself.
func (e Engine) start(ctx context.Context, log io.Writer) error {
	if info, err := os.Stat(filepath.Join(e.System, "run/systemd/system")); err == nil && info.IsDir() {
		fmt.Fprintln(log, "starting the Docker Engine through systemd")
		return run.Cmd{Name: "systemctl", Args: []string{"start", "docker"}, Stdout: log, Stderr: log}.Run(ctx)
	}
	if err := e.dropStalePid(); err != nil {
		return err
	}
	fmt.Fprintln(log, "starting dockerd")
	// Published ports are for this machine unless their publisher says otherwise.
	_, err := run.Daemon{Name: "dockerd", Args: []string{"--ip", "127.0.0.1"}, Log: e.log(), PidFile: e.pidFile()}.Start()
	return err
}

func (e Engine) log() string     { return filepath.Join(e.RunDir, "dockerd.log") }
func (e Engine) pidFile() string { return filepath.Join(e.RunDir, "dockerd.pid") }

// dropStalePid removes the engine's own pid file if its process is no dockerd: after a kill -9 or a power cut the pid
// may be another program's, and dockerd then refuses to start.
func (e Engine) dropStalePid() error {
	path := filepath.Join(e.System, "var/run/docker.pid")
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot read the Docker Engine's pid file: %w", err)
	}
	if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
		name, err := os.ReadFile(filepath.Join(e.System, "proc", strconv.Itoa(pid), "comm"))
		if err == nil && strings.TrimSpace(string(name)) == "dockerd" {
			return nil // starting or stuck: dockerd's own message is the better one
		}
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("cannot remove the stale pid file of the Docker Engine: %w", err)
	}
	return nil
}

// await waits until the started engine answers, or ends.
func (e Engine) await(ctx context.Context) (string, error) {
	deadline := time.Now().Add(e.Timeout)
	for {
		version, err := e.Version(ctx)
		if err == nil {
			return version, nil
		}
		dead := run.Pid(e.pidFile()) == 0 && fileExists(e.pidFile())
		if dead || time.Now().After(deadline) {
			return "", fmt.Errorf("the Docker Engine was started and does not answer; it said: %s (whole log: %s): %w", lastLines(e.log()), e.log(), err)
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func lastLines(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return "nothing"
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	const shown = 3
	return strings.Join(lines[max(0, len(lines)-shown):], " | ")
}
