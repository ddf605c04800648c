package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestACommandGetsThroughMakeAsItIs runs the checkout's Makefile with a yard that prints its arguments.
func TestACommandGetsThroughMakeAsItIs(t *testing.T) {
	yard := filepath.Join(t.TempDir(), "yard")
	require.NoError(t, os.WriteFile(yard, []byte("#!/bin/sh\nprintf '[%s]' \"$@\"\n"), 0o755))
	made := func(env string, args ...string) string {
		cmd := exec.Command("make", append([]string{"-s", "-C", "../../..", "--no-print-directory", "-o", "yard", "YARD=" + yard}, args...)...)
		cmd.Env = append(os.Environ(), "MAKEFLAGS=", "MAKELEVEL=")
		if env != "" {
			cmd.Env = append(cmd.Env, env)
		}
		out, err := cmd.Output()
		require.NoError(t, err)
		return string(out)
	}
	const hostile = `python -c 'print("a  b; $(x)")' ; rm "$HOME" | ` + "`id` \\ & *"
	assert.Equal(t, "[run][--stack][local][--service][api][--command]["+hostile+"]", made("CMD="+hostile, "run", "SERVICE=api"))
	assert.Equal(t, `[exec][--stack][prod][--service][bot][--command][echo '$HOME' "a  b"]`, made("", "exec", "SERVICE=bot", "STACK=prod", `CMD=echo '$$HOME' "a  b"`))
	assert.Equal(t, "[exec][--stack][local][--service][bot][--command][]", made("", "exec", "SERVICE=bot"))
	assert.Equal(t, "[secret][--stack][local][--name][token][--restart=true]", made("", "secret", "NAME=token"))
	assert.Equal(t, "[secret][--stack][local][--name][token][--restart=false]", made("", "secret", "NAME=token", "RESTART="))
	assert.Equal(t, "[secrets][--stack][prod]", made("", "secrets", "STACK=prod"))
	assert.Equal(t, "[model][--stack][prod][--name][greetings][--file][a b.tar.gz]", made("", "model", "NAME=greetings", "FILE=a b.tar.gz", "STACK=prod"))
	assert.Equal(t, "[models][--stack][local][--name][]", made("", "models"))
	assert.Equal(t, "[restart][--stack][local][--service][bot]", made("", "restart", "SERVICE=bot"))
	assert.Equal(t, "[scale][--stack][local][--service][api][--replicas][2]", made("", "scale", "SERVICE=api", "REPLICAS=2"))
	assert.Equal(t, "[dev][--stack][local][--service][bot]", made("", "dev", "SERVICE=bot"))
	assert.Equal(t, "[drift][--stack][local]", made("", "drift"))
	assert.Equal(t, "[drift][--stack][local][--notify]", made("", "drift", "NOTIFY=1"))
	assert.Equal(t, "[pins]", made("", "pins"), "of all stacks")
	assert.Equal(t, "[pins][--stack][prod][--write]", made("", "pins", "STACK=prod", "WRITE=1"))
}
