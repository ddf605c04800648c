package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"botyard/toolchain/internal/clone"
	"botyard/toolchain/internal/dev"
	"botyard/toolchain/internal/setup"
	"botyard/toolchain/internal/stack"
	"botyard/toolchain/internal/step"
)

// site is the clone that a command works on.
type site struct {
	clone clone.Clone
	setup setup.Setup
}

// open finds the clone that we are in. Progress goes to show.
func open(show *os.File) (site, error) {
	c, err := clone.Find(".")
	if err != nil {
		return site{}, err
	}
	s, err := setup.New(c, step.NewDisplay(show))
	return site{clone: c, setup: s}, err
}

// lock keeps two commands from changing one clone at once. It ends with our process at the latest.
func (s site) lock(ctx context.Context) (unlock func(), err error) {
	if err := os.MkdirAll(s.clone.Own(), 0o755); err != nil {
		return nil, fmt.Errorf("cannot make the folder of what runs leave behind: %w", err)
	}
	held := flock.New(s.clone.Own("lock"))
	ok, err := held.TryLock()
	if err == nil && !ok {
		holder, _ := os.ReadFile(held.Path()) // for the message only
		fmt.Fprintf(os.Stderr, "… waiting for the yard of process %s in this clone%s\n", strings.TrimSpace(string(holder)), s.developing())
		_, err = held.TryLockContext(ctx, 200*time.Millisecond)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot take this clone's lock: %w", err)
	}
	if err := os.WriteFile(held.Path(), []byte(strconv.Itoa(os.Getpid())), 0o644); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot write this clone's lock: %w", err), held.Unlock())
	}
	return func() { _ = held.Unlock() }, nil
}

// developing says, to who waits, that a service runs from its source for as long as its developer likes.
func (s site) developing() string {
	note, err := dev.Read(s.devNote())
	if err != nil || note == nil { // whoever needs the note itself says what is wrong with it
		return ""
	}
	return fmt.Sprintf(": make dev SERVICE=%s, which Ctrl-C ends there", note.Service)
}

// locked does something that no other yard of this clone may do meanwhile.
func locked(ctx context.Context, show *os.File, do func(site) error) error {
	s, err := open(show)
	if err != nil {
		return err
	}
	unlock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	return do(s)
}

// target is a stack and where its state, config and last outputs are.
type target struct {
	name     string
	own      bool     // a stack of this machine, whose config names the emulator
	emulated bool     // a stack of AWS on the emulator, with a generated config
	backend  string   // folder of the state
	config   string   // generated config file, or ""
	only     []string // patterns of the URNs that an update is narrowed to; empty: all
	outputs  string   // file that keeps the outputs of the last update that ended well
}

// local tells whether the stack goes to the emulator.
func (t target) local() bool { return t.own || t.emulated }

// here is the stack with its state on this machine; one of AWS that is not emulated has none here.
func (s site) here(name string, emulated bool) (target, error) {
	own, err := stack.OnMachine(s.clone.Root, name)
	if err != nil {
		return target{}, err
	}
	t := target{name: name, own: own, emulated: emulated && !own}
	if t.emulated {
		return s.at(t, "emulated-state"), nil
	}
	return s.at(t, "state"), nil
}

// at is the target with its state in a folder of .botyard.
func (s site) at(t target, backend string) target {
	t.backend = s.clone.Own(backend)
	t.outputs = s.clone.Own("outputs", backend+"-"+t.name+".json")
	return t
}

// pulumi is how Pulumi is run for the target.
func (s site) pulumi(ready setup.Ready, t target, log *os.File) stack.Stack {
	env := append(stack.Env(ready.Pulumi.Bin, ready.Pulumi.Home, t.backend), clone.GoEnv()...)
	env = append(env, ready.Env()...)
	return stack.Stack{
		CLI: filepath.Join(ready.Pulumi.Bin, "pulumi"), Env: env, Dir: s.clone.Root,
		Name: t.name, Backend: t.backend, ConfigFile: t.config, Out: os.Stdout, Log: log,
	}
}

// pulumiLog is the file that gets all that Pulumi says.
func (s site) pulumiLog() (*os.File, error) {
	file, err := os.Create(s.clone.Own("logs", "pulumi.log"))
	if err != nil {
		return nil, fmt.Errorf("cannot write Pulumi's log: %w", err)
	}
	return file, nil
}

func say(line string) { fmt.Println(line) }
