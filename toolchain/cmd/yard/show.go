package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"botyard/toolchain/internal/run"
	"botyard/toolchain/internal/setup"
	"botyard/toolchain/internal/stack"
)

// keepOutputs writes the stack's outputs to where status and logs find them.
func (s site) keepOutputs(ctx context.Context, pulumi stack.Stack, t target) error {
	outputs, err := pulumi.Outputs(ctx)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(t.outputs), 0o755); err != nil {
		return fmt.Errorf("cannot keep the stack's outputs: %w", err)
	}
	if err := os.WriteFile(t.outputs, outputs, 0o644); err != nil {
		return fmt.Errorf("cannot keep the stack's outputs: %w", err)
	}
	return nil
}

// show prints the table of what runs.
func (s site) show(ctx context.Context, ready setup.Ready, t target, to *os.File, args ...string) error {
	args = append([]string{"status", "--outputs", t.outputs}, args...)
	var env []string
	if t.local() {
		args = append(args, "--gateway", ready.Emulator.URL())
		env = ready.Env()
	}
	return asked(run.Cmd{Name: ready.AWS, Args: args, Env: env, Stdout: to, Stderr: os.Stderr}.Run(ctx))
}

// asked is the outcome of a run of yard-aws, which says itself why it fails.
func asked(err error) error {
	var exit *run.ExitError
	if errors.As(err, &exit) {
		return errReported
	}
	return err
}

// showAfterFailure prints what still runs after an update that failed, if anything ever did.
func (s site) showAfterFailure(ctx context.Context, ready setup.Ready, t target) {
	if _, err := os.Stat(t.outputs); err != nil || ctx.Err() != nil {
		return
	}
	var text strings.Builder
	cmd := run.Cmd{Name: ready.AWS, Args: []string{"status", "--outputs", t.outputs, "--gateway", ready.Emulator.URL()}, Env: ready.Env(), Stdout: &text}
	if cmd.Run(ctx) == nil { // the failure itself is what matters
		fmt.Printf("\nWhat runs now:\n%s", text.String())
	}
}
