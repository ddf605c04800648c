// Package emulator starts and stops the AWS emulator of one clone.
package emulator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"botyard/toolchain/internal/run"
)

// DefaultPort is where the emulator listens; Pulumi.local.yaml names the same.
const DefaultPort = 4566

const (
	startWait = 2 * time.Minute // it loads its state and looks at its containers before it listens
	stopWait  = 15 * time.Second
)

// Emulator is the emulator of one clone.
type Emulator struct {
	Dir    string // folder of what it leaves behind: state, pid, log
	Source string // toolchain/emulator of the clone
	Python string // interpreter with its packages; needed to start it only
	Code   string // hash of its code and packages: a running one of another hash is replaced
	Port   int
}

// StateDir is where it keeps its state; it lives exactly as long as what the state describes.
func (e Emulator) StateDir() string { return filepath.Join(e.Dir, "state") }

func (e Emulator) pidFile() string  { return filepath.Join(e.Dir, "emulator.pid") }
func (e Emulator) codeFile() string { return filepath.Join(e.Dir, "code") }

// Log is its log.
func (e Emulator) Log() string { return filepath.Join(e.Dir, "emulator.log") }

// URL is its address for programs on this machine.
func (e Emulator) URL() string { return "http://localhost:" + strconv.Itoa(e.Port) }

// Instance is the value of the label ministack.instance on every container, volume and network that it makes. It is
// computed as toolchain/emulator/settings.py does, so that all can be found when the emulator itself is gone.
func (e Emulator) Instance() string {
	state := e.StateDir()
	if parent, err := filepath.EvalSymlinks(filepath.Dir(e.Dir)); err == nil {
		state = filepath.Join(parent, filepath.Base(e.Dir), filepath.Base(state))
	}
	sum := sha256.Sum256([]byte(state))
	return "botyard-" + hex.EncodeToString(sum[:])[:8] + ":" + strconv.Itoa(e.Port)
}

// Ensure leaves a healthy emulator of this clone, with this clone's code, and tells whether it had to be started.
func (e Emulator) Ensure(ctx context.Context, log io.Writer) (started bool, err error) {
	if err := e.adopt(); err != nil {
		return false, err
	}
	if run.Pid(e.pidFile()) != 0 {
		code, _ := os.ReadFile(e.codeFile()) // unreadable is another code
		if e.Healthy(ctx) && strings.TrimSpace(string(code)) == e.Code {
			return false, nil
		}
		fmt.Fprintln(log, "restarting the emulator: it does not answer or its code has changed")
		if err := e.Stop(); err != nil {
			return false, err
		}
	}
	if err := e.Refuse(ctx); err != nil {
		return false, err
	}
	return true, e.start(ctx, log)
}

// Refuse fails if something that is not ours holds the port.
func (e Emulator) Refuse(ctx context.Context) error {
	if e.Running() || !e.answers(ctx) {
		return nil
	}
	owner := "something else"
	for _, p := range processes() {
		if p.port == strconv.Itoa(e.Port) {
			owner = "the emulator of the clone " + p.clone
		}
	}
	return fmt.Errorf("port %d is held by %s; one machine runs one local stack at a time: "+
		"stop it (make down in that clone), or set BOTYARD_EMULATOR_PORT and the port in Pulumi.local.yaml", e.Port, owner)
}

func (e Emulator) start(ctx context.Context, log io.Writer) error {
	if err := os.MkdirAll(e.Dir, 0o755); err != nil {
		return fmt.Errorf("cannot make the emulator's folder: %w", err)
	}
	if err := os.Truncate(e.Log(), 0); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("cannot empty the emulator's log: %w", err)
	}
	fmt.Fprintln(log, "starting the emulator on port", e.Port)
	if err := os.WriteFile(e.codeFile(), []byte(e.Code+"\n"), 0o644); err != nil {
		return fmt.Errorf("cannot note what the emulator runs: %w", err)
	}
	_, err := run.Daemon{
		Name: e.Python, Args: []string{filepath.Join(e.Source, "run.py"), "serve"}, Dir: e.Dir,
		Env: []string{"GATEWAY_PORT=" + strconv.Itoa(e.Port), "STATE_DIR=" + e.StateDir(), "PYTHONDONTWRITEBYTECODE=1"},
		Log: e.Log(), PidFile: e.pidFile(),
	}.Start()
	if err != nil {
		return err
	}
	deadline := time.Now().Add(startWait)
	for !e.Healthy(ctx) {
		if run.Pid(e.pidFile()) == 0 {
			return fmt.Errorf("the emulator ended as it started; it said: %s (whole log: %s)", lastLines(e.Log()), e.Log())
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the emulator does not answer on port %d after %s; it said: %s (whole log: %s)", e.Port, startWait, lastLines(e.Log()), e.Log())
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil
}

// Stop ends the emulator of this clone; its state stays. One that does not run is no error.
func (e Emulator) Stop() error {
	if err := e.adopt(); err != nil {
		return err
	}
	_, err := run.Stop(e.pidFile(), stopWait)
	return err
}

// Running tells whether the process of this clone's emulator is there.
func (e Emulator) Running() bool { return run.Pid(e.pidFile()) != 0 || e.find() != 0 }

// Healthy tells whether an emulator answers as healthy on the port.
func (e Emulator) Healthy(ctx context.Context) bool {
	status, err := e.get(ctx)
	return err == nil && status == http.StatusOK
}

func (e Emulator) answers(ctx context.Context) bool {
	_, err := e.get(ctx)
	return err == nil
}

func (e Emulator) get(ctx context.Context) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	url := fmt.Sprintf("http://127.0.0.1:%d/_ministack/health", e.Port)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	// Not the default transport: a proxy set for this machine has no business here.
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

func lastLines(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return "nothing"
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	const shown = 4
	return strings.Join(lines[max(0, len(lines)-shown):], " | ")
}
