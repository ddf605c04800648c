// Package run starts other programs so that they end when we do: each in a process group of its own, interrupted once
// and given time when our context ends, and signalled by the kernel if we are killed outright.
package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// defaultGrace is how long an interrupted program may take to end before it is killed.
const defaultGrace = 10 * time.Second

// Cmd is one program to run to its end.
type Cmd struct {
	Name   string        // the program: a path, or a name on PATH
	Args   []string      // its arguments
	Dir    string        // where it runs; empty is our own folder
	Env    []string      // variables laid over our own environment
	Stdout io.Writer     // nil discards
	Stderr io.Writer     // nil discards
	Grace  time.Duration // how long it may take to end once interrupted; 0 is ten seconds
	Alone  bool          // interrupt the program alone, not what it has started: it ends that itself, in order
	Orphan bool          // leave it running if we are killed: for what breaks when cut off, such as a package manager
}

// Run starts the program and waits for it. When ctx ends first, it and what it has started get one SIGINT; past its
// grace its whole process group is killed. The error names the program and says how it ended.
func (c Cmd) Run(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	cmd := c.build(ctx)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("cannot start %s: %w", c.Name, err)
	}
	err := cmd.Wait()
	if ctx.Err() != nil {
		// What the program itself started may outlive it.
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s was stopped: %w", c.describe(), context.Cause(ctx))
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return &ExitError{What: c.describe(), State: exit.ProcessState.String(), Code: exit.ExitCode()}
	}
	return fmt.Errorf("%s: %w", c.describe(), err)
}

func (c Cmd) build(ctx context.Context) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.Name, c.Args...)
	cmd.Dir = c.Dir
	cmd.Env = append(os.Environ(), c.Env...)
	cmd.Stdout, cmd.Stderr = c.Stdout, c.Stderr
	cmd.Cancel = func() error {
		if c.Alone {
			return cmd.Process.Signal(syscall.SIGINT)
		}
		return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
	}
	cmd.WaitDelay = c.Grace
	if cmd.WaitDelay == 0 {
		cmd.WaitDelay = defaultGrace
	}
	// A group of its own: Ctrl-C on the terminal reaches us alone, and we pass it on once.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if !c.Orphan {
		cmd.SysProcAttr.Pdeathsig = syscall.SIGINT
	}
	return cmd
}

func (c Cmd) describe() string {
	words := append([]string{c.Name}, c.Args...)
	const most = 8
	if len(words) > most {
		words = append(words[:most:most], "…")
	}
	return strings.Join(words, " ")
}

// ExitError is a program that ran and failed.
type ExitError struct {
	What  string // the command line, shortened
	State string // "exit status 1", "signal: killed"
	Code  int    // exit status, -1 after a signal
}

// Error says which program failed and how.
func (e *ExitError) Error() string {
	return e.What + " failed: " + e.State
}

// Output runs the program and returns what it printed, without the last line break. On failure the error ends with
// what it printed on its standard error.
func Output(ctx context.Context, c Cmd) (string, error) {
	var out, complaint bytes.Buffer
	c.Stdout = &out
	if c.Stderr == nil {
		c.Stderr = &complaint
	} else {
		c.Stderr = io.MultiWriter(&complaint, c.Stderr)
	}
	err := c.Run(ctx)
	if err != nil && complaint.Len() > 0 {
		err = fmt.Errorf("%w: %s", err, strings.TrimSpace(complaint.String()))
	}
	return strings.TrimRight(out.String(), "\n"), err
}
