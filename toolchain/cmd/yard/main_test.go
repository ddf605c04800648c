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
	root := t.TempDir()
	s := site{clone: clone.Clone{Root: root}}
	for name, config := range map[string]string{"local": "aws:endpoints: [{s3: http://localhost:4566}]", "wulu-local": "aws:endpoints: [{s3: http://localhost:4566}]", "prod": "aws:region: us-east-1"} {
		require.NoError(t, os.WriteFile(filepath.Join(root, "Pulumi."+name+".yaml"), []byte("config:\n  "+config+"\n"), 0o644))
	}
	here := func(name string, emulated bool) target {
		found, err := s.here(name, emulated)
		require.NoError(t, err)
		return found
	}
	local, wulu, prod := here("local", false), here("wulu-local", false), here("prod", true)
	assert.Equal(t, target{name: "local", own: true, backend: root + "/.botyard/state", outputs: root + "/.botyard/outputs/state-local.json"}, local)
	assert.Equal(t, target{name: "wulu-local", own: true, backend: root + "/.botyard/state", outputs: root + "/.botyard/outputs/state-wulu-local.json"}, wulu)
	assert.Equal(t, target{name: "prod", emulated: true, backend: root + "/.botyard/emulated-state", outputs: root + "/.botyard/outputs/emulated-state-prod.json"}, prod)
	preview := s.at(prod, "preview-state")
	assert.Equal(t, target{name: "prod", emulated: true, backend: root + "/.botyard/preview-state", outputs: root + "/.botyard/outputs/preview-state-prod.json"}, preview)
	assert.True(t, local.local())
	assert.True(t, prod.local())
	assert.False(t, here("prod", false).local())
	assert.Equal(t, local, here("local", true), "it is emulated anyway")
	_, err := s.here("porducts", false)
	require.ErrorContains(t, err, "cannot read the config of stack porducts: ")
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
