// Package program runs other programs so that an interrupt reaches each of them once: Pulumi takes a second one for leave
// to end without saving its state.
package program

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Grace is how long an interrupted program may take to end before it is killed: Pulumi finishes what it has begun.
const Grace = 90 * time.Second

// Cmd is one program to run to its end.
type Cmd struct {
	Name   string    // a path, or a name on PATH
	Args   []string  // its arguments
	Dir    string    // where it runs; empty is our own folder
	Env    []string  // variables laid over our own environment
	Stdout io.Writer // nil discards
	Stderr io.Writer // nil discards
}

// Run starts the program and waits for it. When ctx ends first, it gets one SIGINT and time. The error names the program
// and says how it ended.
func (c Cmd) Run(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, c.Name, c.Args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = c.Dir, c.Stdout, c.Stderr
	cmd.Env = append(os.Environ(), c.Env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.WaitDelay = Grace
	// A group of its own: Ctrl-C on the terminal reaches us alone, and we pass it on. If we are killed outright, the kernel
	// does.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGINT}
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", c.describe(), err)
	}
	return nil
}

// Output runs the program and returns what it printed. On failure the error ends with what it complained of.
func (c Cmd) Output(ctx context.Context) ([]byte, error) {
	var out, complaint bytes.Buffer
	c.Stdout, c.Stderr = &out, &complaint
	err := c.Run(ctx)
	if text := strings.TrimSpace(complaint.String()); err != nil && text != "" {
		err = fmt.Errorf("%w: %s", err, text)
	}
	return out.Bytes(), err
}

// describe is the program with the first of its arguments, which say what it was to do.
func (c Cmd) describe() string {
	const most = 3
	words := append([]string{c.Name}, c.Args...)
	return strings.Join(words[:min(most, len(words))], " ")
}
