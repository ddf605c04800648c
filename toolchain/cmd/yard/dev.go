package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"botyard/toolchain/internal/dev"
	"botyard/toolchain/internal/run"
	"botyard/toolchain/internal/setup"
	"botyard/toolchain/internal/stack"
)

// devGrace is how long an interrupted run may take to put the service back: its old task ends, a new one starts and, of a
// singleton, takes the lease.
const devGrace = 5 * time.Minute

func devCommand() *cobra.Command {
	var o serviceFlags
	return o.flags(&cobra.Command{
		Use: "dev", Short: "Run a service of stack local from its source, until Ctrl-C",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.service == "" {
				return errors.New("which service? name it: make dev SERVICE=bot")
			}
			if o.stack != "local" || o.emulated {
				return fmt.Errorf("make dev mounts folders of this machine, so it is for stack local; stack %s gets code by an update alone", o.stack)
			}
			// An update meanwhile would deploy over it.
			return locked(cmd.Context(), os.Stderr, func(s site) error { return s.dev(cmd.Context(), o.service) })
		},
	})
}

func (s site) devNote() string { return s.clone.Own("dev.json") }

// dev runs a service from its source until ctx ends.
func (s site) dev(ctx context.Context, service string) error {
	ready, t, err := s.inspected(ctx, "local", false)
	if err != nil {
		return err
	}
	if err := s.putBack(ctx, ready); err != nil {
		return err
	}
	source, err := stack.Source(s.clone.Root, "local", service)
	if err != nil {
		return err
	}
	err = run.Cmd{
		Name: ready.AWS, Env: ready.Env(), Stdout: os.Stdout, Stderr: os.Stderr, Grace: devGrace, Alone: true,
		Args: []string{"dev", "--outputs", t.outputs, "--service", service, "--note", s.devNote(), "--gateway", ready.Emulator.URL(),
			"--source", source.Folder, "--shown", source.Shown, "--dockerfile", source.Dockerfile},
	}.Run(ctx)
	if ctx.Err() == nil {
		return asked(err)
	}
	// How an interrupted program ended cannot be told, but what it left.
	note, err := dev.Read(s.devNote())
	if note != nil {
		err = fmt.Errorf("service %s still runs from its source; make up puts it back", note.Service)
	}
	return err
}

// putBack takes back what a run that was killed has left.
func (s site) putBack(ctx context.Context, ready setup.Ready) error {
	note, err := dev.Read(s.devNote())
	if note == nil || err != nil {
		return err
	}
	fmt.Printf("A make dev was cut off. Putting service %s back on its deployed image.\n", note.Service)
	err = asked(run.Cmd{
		Name: ready.AWS, Env: ready.Env(), Stdout: os.Stdout, Stderr: os.Stderr,
		Args: []string{"dev", "--put-back", "--outputs", s.at(target{name: "local", own: true}, "state").outputs, "--note", s.devNote()},
	}.Run(ctx))
	left, readErr := dev.Read(s.devNote())
	if left == nil && readErr == nil && ctx.Err() == nil {
		return nil // put back, if not seen to be well: that has been said, and is what an update may mend
	}
	return errors.Join(err, readErr)
}
