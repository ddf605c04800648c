package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/clone"
	"botyard/toolchain/internal/dev"
	"botyard/toolchain/internal/setup"
)

// developing is a clone with a note, and a yard-aws that does what body says with the note's path in $note.
func developing(t *testing.T, body string) (site, setup.Ready) {
	t.Helper()
	s := site{clone: clone.Clone{Root: t.TempDir()}}
	require.NoError(t, os.MkdirAll(s.clone.Own(), 0o755))
	note := dev.Note{Service: "bot", Source: "images/bot", Own: dev.Own{ARN: "arn:s", TaskDefinition: "arn:td"}}
	require.NoError(t, note.Write(s.devNote()))
	script := filepath.Join(t.TempDir(), "yard-aws")
	text := "#!/bin/sh\necho \"$*\" >>" + script + ".calls\nnote=" + s.devNote() + "\n" + body + "\n"
	require.NoError(t, os.WriteFile(script, []byte(text), 0o755))
	return s, setup.Ready{AWS: script}
}

func TestWhatAKilledRunLeftIsPutBack(t *testing.T) {
	s, ready := developing(t, `rm "$note"`)
	require.NoError(t, s.putBack(t.Context(), ready))
	calls, err := os.ReadFile(ready.AWS + ".calls")
	require.NoError(t, err)
	assert.Equal(t, "dev --put-back --outputs "+s.clone.Own("outputs/state-local.json")+" --note "+s.devNote()+"\n", string(calls))
	require.NoError(t, s.putBack(t.Context(), ready), "nothing is left")
	again, err := os.ReadFile(ready.AWS + ".calls")
	require.NoError(t, err)
	assert.Equal(t, calls, again)
}

func TestAnUpdateGoesOnOnlyWhenTheSourceIsOut(t *testing.T) {
	s, ready := developing(t, `rm "$note"; exit 1`)
	require.NoError(t, s.putBack(t.Context(), ready), "it was put back, and is not well: the update may mend that")

	s, ready = developing(t, "exit 1")
	require.ErrorIs(t, s.putBack(t.Context(), ready), errReported)

	s, ready = developing(t, "")
	require.NoError(t, os.WriteFile(s.devNote(), []byte("{"), 0o644))
	require.ErrorContains(t, s.putBack(t.Context(), ready), "cannot read the note of make dev")

	s, ready = developing(t, `rm "$note"; sleep 10`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.putBack(ctx, ready), context.Canceled)
}

func TestWhoWaitsForADeveloperIsToldWhom(t *testing.T) {
	s, _ := developing(t, "")
	assert.Equal(t, ": make dev SERVICE=bot, which Ctrl-C ends there", s.developing())
	require.NoError(t, dev.Remove(s.devNote()))
	assert.Empty(t, s.developing())
}
