// Package setup makes a machine ready for a stack: engine, toolchain, base images, emulator, each only if it is missing.
package setup

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"botyard/toolchain/internal/cache"
	"botyard/toolchain/internal/clone"
	"botyard/toolchain/internal/emulator"
	"botyard/toolchain/internal/engine"
	"botyard/toolchain/internal/parts"
	"botyard/toolchain/internal/published"
	"botyard/toolchain/internal/stack"
	"botyard/toolchain/internal/step"
)

// goBuilds is how many Go builds run at once: each uses all cores for most of its time and one core while it links, so
// two keep a small machine busy and more would only take memory.
const goBuilds = 2

// Setup is how to make the machine ready.
type Setup struct {
	Clone clone.Clone
	Store cache.Store
	Show  step.Display
	Mode  string // BOTYARD_TOOLCHAIN: auto, published or build
	Port  int    // of the emulator
}

// Scope is how much of the machine a command needs.
type Scope int

const (
	// Asking is the program that asks AWS or the emulator.
	Asking Scope = iota
	// Tools is Asking, and Pulumi, its plugins and the program.
	Tools
	// Machine is Tools and a running engine and emulator with the base images.
	Machine
)

// Ready is what a set-up leaves.
type Ready struct {
	Pulumi   published.Pulumi
	AWS      string // path of yard-aws
	Emulator emulator.Emulator
	Timings  []step.Timing
}

// Env are the variables of a program that talks to the emulator.
func (r Ready) Env() []string {
	return stack.EmulatorEnv(r.Emulator.URL())
}

// New reads the settings of the environment.
func New(c clone.Clone, show step.Display) (Setup, error) {
	s := Setup{Clone: c, Store: cache.Store{Root: c.Cache}, Show: show, Mode: "auto", Port: emulator.DefaultPort}
	if mode := os.Getenv("BOTYARD_TOOLCHAIN"); mode != "" {
		s.Mode = mode
	}
	switch s.Mode {
	case "auto", "published", "build":
	default:
		return s, fmt.Errorf("BOTYARD_TOOLCHAIN is %q; it must be auto (published parts where they can be had), published or build", s.Mode)
	}
	if text := os.Getenv("BOTYARD_EMULATOR_PORT"); text != "" {
		port, err := strconv.Atoi(text)
		if err != nil || port < 1 || port > 65535 {
			return s, fmt.Errorf("BOTYARD_EMULATOR_PORT is %q; it must be a port from 1 to 65535", text)
		}
		s.Port = port
	}
	return s, nil
}

// Emulator is this clone's emulator, good for stopping it and for asking whether it answers.
func (s Setup) Emulator() emulator.Emulator {
	return emulator.Emulator{Dir: s.Clone.Own("emulator"), Source: s.Clone.Path("toolchain", "emulator"), Port: s.Port}
}

// Engine is the machine's Docker Engine.
func (s Setup) Engine() engine.Engine {
	return engine.New(s.Clone.Run())
}

// Run makes ready what scope needs.
func (s Setup) Run(ctx context.Context, scope Scope) (Ready, error) {
	began := time.Now()
	plan, err := s.Plan(ctx, scope)
	if err != nil {
		return Ready{}, err
	}
	timings, err := s.Runner(false).Run(ctx, plan.steps)
	plan.ready.Timings = timings
	if noteErr := s.Note("setup", began, timings); err == nil {
		err = noteErr
	}
	return *plan.ready, err
}

// Runner runs steps as they are run for this clone.
func (s Setup) Runner(keepGoing bool) step.Runner {
	return step.Runner{
		Logs: s.Clone.Own("logs"), Limits: map[string]int{parts.ClassGo: goBuilds}, Show: s.Show, KeepGoing: keepGoing,
	}
}

// Note writes how long each step of the last command took to .botyard/logs/timings.json.
func (s Setup) Note(command string, began time.Time, timings []step.Timing) error {
	text, err := json.MarshalIndent(struct {
		Command string        `json:"command"`
		Began   time.Time     `json:"began"`
		Seconds float64       `json:"seconds"`
		Steps   []step.Timing `json:"steps"`
	}{command, began.UTC().Round(time.Second), step.Seconds(time.Since(began)), timings}, "", "  ")
	if err != nil {
		return fmt.Errorf("cannot write down how long the steps took: %w", err)
	}
	if err := os.WriteFile(filepath.Join(s.Clone.Own("logs"), "timings.json"), append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("cannot write down how long the steps took: %w", err)
	}
	return nil
}
