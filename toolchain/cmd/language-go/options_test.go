package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheOptionsOfTheRuntimeBecomeFlags(t *testing.T) {
	for text, want := range map[string][]string{
		"name: yard\nruntime: go\n": nil,
		"name: yard\nruntime: {name: go, options: {buildTarget: .botyard/bin/botyard}}\n": {"-buildTarget=.botyard/bin/botyard"},
		"runtime:\n  name: go\n  options:\n    root: a\n    binary: b\n":                  {"-binary=b", "-root=a"},
		"runtime: {name: go}\n": nil,
	} {
		file := filepath.Join(t.TempDir(), "Pulumi.yaml")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		flags, err := optionFlags(file)
		require.NoError(t, err, text)
		assert.Equal(t, want, flags, text)
	}
}

func TestAFolderWithoutAProjectHasNoOptions(t *testing.T) {
	flags, err := optionFlags(filepath.Join(t.TempDir(), "Pulumi.yaml"))
	require.NoError(t, err)
	assert.Empty(t, flags)
}

func TestAProjectThatIsNoYAMLIsNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "Pulumi.yaml")
	require.NoError(t, os.WriteFile(file, []byte("runtime: [go\n"), 0o644))
	_, err := optionFlags(file)
	assert.ErrorContains(t, err, file+": yaml: line 1: did not find expected")
}
