package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// edits is how many edits are measured, of which the slowest counts.
const edits = 5

const edited = "edit live under make dev (the slowest of five)"

// measureDev edits the bot while it runs from its source.
func (y *yard) measureDev(rows *table) error {
	seconds, err := y.editLive()
	if err == nil {
		rows.note(row{work: edited, seconds: seconds, against: oneLine})
	}
	return err
}

// editLive runs the bot from its source and returns the longest time from an edit to an answer with it, in seconds.
func (y *yard) editLive() (float64, error) {
	cmd := exec.Command("make", "--no-print-directory", "-C", y.dir, "dev", "SERVICE=bot")
	var out printed
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("cannot start make dev: %w", err)
	}
	seconds, err := y.measureEdits(&out)
	if killErr := syscall.Kill(-cmd.Process.Pid, syscall.SIGINT); killErr != nil {
		err = errors.Join(err, killErr)
	}
	_ = cmd.Wait() // make's own exit code after an interruption says nothing
	if text := out.String(); !strings.Contains(text, "bot runs its deployed image again") {
		err = errors.Join(err, fmt.Errorf("make dev did not put the bot back:\n%s", text))
	}
	return seconds, err
}

func (y *yard) measureEdits(out *printed) (float64, error) {
	for deadline := time.Now().Add(2 * time.Minute); !strings.Contains(out.String(), "bot runs from images/bot"); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			return 0, fmt.Errorf("the bot does not run from its source:\n%s", out.String())
		}
	}
	var longest time.Duration
	for range edits {
		time.Sleep(2 * time.Second) // nobody saves faster than he can look; what the last edit undid is live by then
		err := y.withGreeting(func(greeting string) error {
			began := time.Now()
			err := y.served(context.Background(), greeting)
			longest = max(longest, time.Since(began))
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	return longest.Seconds(), nil
}

// printed is what a program that still runs has printed.
type printed struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write takes what the program prints.
func (p *printed) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(text)
}

// String is all of it so far.
func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}
