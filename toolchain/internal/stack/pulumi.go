// Package stack drives Pulumi for one stack of one clone: it makes the stack, brings it up, and repairs what a killed
// run left behind.
package stack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"botyard/toolchain/internal/run"
)

// pulumiGrace is how long an interrupted Pulumi may take to finish what it has begun and to save its state.
const pulumiGrace = 90 * time.Second

// Stack is one stack and how to run Pulumi for it.
type Stack struct {
	CLI        string    // path of the Pulumi CLI
	Env        []string  // variables for it, laid over our own
	Dir        string    // the checkout
	Name       string    // the stack's name
	Backend    string    // folder of the state; empty leaves the user's own backend
	ConfigFile string    // in place of the stack's own config file; empty is that one
	Out        io.Writer // where people see what Pulumi does
	Log        io.Writer // gets all of it
}

// Made tells whether the stack exists. It asks the file system, which is quick; only for stacks with a Backend.
func (s Stack) Made() bool {
	found, err := filepath.Glob(filepath.Join(s.Backend, ".pulumi", "stacks", "*", s.Name+".json"))
	return err == nil && len(found) > 0
}

// Ensure makes the stack unless it is there. Pulumi does so in a folder with nothing but a copy of the project's file:
// it writes into the stack's config file, and that one is the user's.
func (s Stack) Ensure(ctx context.Context) error {
	if s.Made() {
		return nil
	}
	if err := os.MkdirAll(s.Backend, 0o755); err != nil {
		return fmt.Errorf("cannot make the folder of the state: %w", err)
	}
	project, err := os.ReadFile(filepath.Join(s.Dir, "Pulumi.yaml"))
	if err != nil {
		return fmt.Errorf("cannot read the project: %w", err)
	}
	dir, err := os.MkdirTemp("", "botyard-stack-")
	if err != nil {
		return fmt.Errorf("cannot make the stack %s: %w", s.Name, err)
	}
	defer os.RemoveAll(dir)
	for name, text := range map[string][]byte{"Pulumi.yaml": project, "Pulumi." + s.Name + ".yaml": []byte("encryptionsalt: " + salt + "\n")} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return fmt.Errorf("cannot make the stack %s: %w", s.Name, err)
		}
	}
	cmd := s.command("stack", "init", s.Name, "--no-select", "--non-interactive")
	cmd.Dir = dir
	if out, err := run.Output(ctx, cmd); err != nil {
		return fmt.Errorf("cannot make the stack %s: %w %s", s.Name, err, out)
	}
	return nil
}

// Up brings the stack up; only narrows it to resources by patterns of their URNs.
func (s Stack) Up(ctx context.Context, only ...string) error {
	args := []string{"up", "--yes", "--skip-preview"}
	for _, pattern := range only {
		args = append(args, "--target", pattern)
	}
	return s.stream(ctx, s.withConfig(args...)...)
}

// Preview shows what up would do.
func (s Stack) Preview(ctx context.Context, args ...string) error {
	return s.stream(ctx, s.withConfig(append([]string{"preview"}, args...)...)...)
}

// Outputs are the stack's outputs as JSON; secret ones are masked.
func (s Stack) Outputs(ctx context.Context) ([]byte, error) {
	out, err := run.Output(ctx, s.command("stack", "output", "--json", "--stack", s.Name, "--non-interactive"))
	if err != nil {
		return nil, fmt.Errorf("cannot read the outputs of stack %s: %w", s.Name, err)
	}
	if !json.Valid([]byte(out)) {
		return nil, fmt.Errorf("the outputs of stack %s are no JSON: %.80q", s.Name, out)
	}
	return []byte(out), nil
}

func (s Stack) withConfig(args ...string) []string {
	args = append(args, "--stack", s.Name, "--non-interactive", "--suppress-outputs")
	if s.ConfigFile != "" {
		args = append(args, "--config-file", s.ConfigFile)
	}
	return args
}

func (s Stack) command(args ...string) run.Cmd {
	return run.Cmd{Name: s.CLI, Args: args, Dir: s.Dir, Env: s.Env, Grace: pulumiGrace, Alone: true}
}

// stream runs Pulumi with its words shown as they come, and with a line whenever nothing has come for a while.
func (s Stack) stream(ctx context.Context, args ...string) error {
	cmd := s.command(args...)
	words := newNarrator(s.Out, time.Now)
	stop := words.begin()
	defer stop()
	cmd.Stdout = io.MultiWriter(s.Log, words)
	cmd.Stderr = cmd.Stdout
	err := cmd.Run(ctx)
	words.flush()
	var exit *run.ExitError
	if errors.As(err, &exit) {
		return &UpdateError{What: "pulumi " + args[0], State: exit.State, Conflict: words.conflict()}
	}
	return err
}

// UpdateError is a Pulumi run that failed; what it said has been shown.
type UpdateError struct {
	What     string // "pulumi up"
	State    string // "exit status 255"
	Conflict string // the line that says that something exists already, or ""
}

// Error says that Pulumi failed; the reasons stand in what it said.
func (e *UpdateError) Error() string {
	return e.What + " failed (" + e.State + "); the reasons stand above"
}

// Env is what Pulumi needs to run from the built or fetched parts: bin first on PATH, home as its own folder (empty
// leaves the user's), state in the backend's folder. The passphrase is empty: such a stack holds the emulator's
// secrets only, and its state never leaves the machine.
func Env(bin, home, backend string) []string {
	env := []string{
		"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"),
		"PULUMI_SKIP_UPDATE_CHECK=true",
	}
	if home != "" {
		env = append(env, "PULUMI_HOME="+home, "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true")
	}
	if backend != "" {
		// Beside each file the backend would write one of metadata that nobody reads, and not at once as the file itself:
		// killed in between, Pulumi finds it empty and loads no state any more ("failed to load checkpoint: EOF").
		env = append(env, "PULUMI_BACKEND_URL=file://"+backend+"?metadata=skip", "PULUMI_CONFIG_PASSPHRASE=")
	}
	return env
}

// EmulatorEnv keeps a run against the emulator from ever using the user's own AWS account.
func EmulatorEnv(url string) []string {
	return []string{
		"AWS_ENDPOINT_URL=" + url, "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
		"AWS_SESSION_TOKEN=", "AWS_PROFILE=", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
		"AWS_EC2_METADATA_DISABLED=true",
		// The AWS provider's fixed pauses are made for AWS: the built plugin shortens them here (plugin-aws/trim/waits.go).
		"BOTYARD_WAIT_CAP=500ms",
	}
}

// HasAWS tells whether the environment names credentials for a real AWS account.
func HasAWS() bool {
	for _, name := range []string{
		"AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
	} {
		if strings.TrimSpace(os.Getenv(name)) != "" {
			return true
		}
	}
	return false
}
