package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/clone"
	"botyard/toolchain/internal/step"
)

func TestReportShowsTheLogOfEachFailure(t *testing.T) {
	one := &step.Failure{Err: errors.New("exit status 1"), Log: "/logs/vet.log", Tail: []string{"a.go:1: bad", "failed: exit status 1"}}
	two := &step.Failure{Err: errors.New("exit status 2"), Log: "/logs/ruff.log", Tail: []string{"E501"}}
	var out bytes.Buffer
	report(&out, errors.Join(fmt.Errorf("go vet: %w", one), fmt.Errorf("ruff: %w", two), errors.New("plain")))
	assert.Equal(t, `
The last lines of /logs/vet.log:
  a.go:1: bad
  failed: exit status 1

The last lines of /logs/ruff.log:
  E501

yard: go vet: exit status 1
yard: ruff: exit status 2
yard: plain
`, out.String())
}

func TestQuoteMakesOneWord(t *testing.T) {
	assert.Equal(t, `'a b'`, quote("a b"))
	assert.Equal(t, `'it'\''s'`, quote("it's"))
}

func TestAStackOfAWSIsNotBroughtUpByAccident(t *testing.T) {
	cmd := upCommand()
	cmd.SetArgs([]string{"--stack", "prod"})
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	require.EqualError(t, cmd.Execute(), `stack prod is for AWS; with its credentials at hand: eval "$(make -s env STACK=prod)" && pulumi up -s prod. `+
		`To bring it up on this machine's emulator: yard up --stack prod --emulated`)
}

func TestTargetsKeepTheirStatesApart(t *testing.T) {
	s := site{clone: clone.Clone{Root: "/clone"}}
	local, prod, preview := s.target("local", false, "state"), s.target("prod", true, "emulated-state"), s.target("prod", true, "preview-state")
	assert.Equal(t, target{name: "local", backend: "/clone/.botyard/state", outputs: "/clone/.botyard/outputs/state-local.json"}, local)
	assert.True(t, local.local())
	assert.True(t, prod.emulated)
	assert.NotEqual(t, prod.backend, preview.backend)
	assert.NotEqual(t, prod.outputs, preview.outputs)
	assert.False(t, target{name: "prod"}.local())
}

func TestOneCommandAtATimeInAClone(t *testing.T) {
	s := site{clone: clone.Clone{Root: t.TempDir()}}
	unlock, err := s.lock(t.Context())
	require.NoError(t, err)
	holder, err := os.ReadFile(filepath.Join(s.clone.Root, ".botyard", "lock"))
	require.NoError(t, err)
	assert.Equal(t, fmt.Sprint(os.Getpid()), string(holder))
	waited := make(chan error)
	go func() {
		again, err := s.lock(t.Context())
		if err == nil {
			again()
		}
		waited <- err
	}()
	select {
	case <-waited:
		t.Fatal("two hold one lock")
	default:
	}
	unlock()
	require.NoError(t, <-waited)
}
