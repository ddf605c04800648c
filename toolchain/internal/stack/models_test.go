package stack

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestModelsAsTheyAreDeclared(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	write("Pulumi.yaml", "name: yard\nruntime: go\n")
	write("Pulumi.prod.yaml", `config:
  aws:region: eu-west-1
  botyard:models: {greetings: {description: x}, voices: {description: x}}
  botyard:services:
    bot: {models: {MODEL: {name: greetings}, AGAIN: {name: greetings, version: latest}}}
    actions: {models: {MODEL: {name: greetings, version: v1}, VOICE: {name: voices}}}
    plain: {}
`)
	write("Pulumi.local.yaml", `config:
  aws:region: us-east-1
  botyard:extends: prod
  botyard:models: {voices: null}
  botyard:services: {actions: {models: {MODEL: {version: latest}, VOICE: null}}}
`)
	prod, err := Models(dir, "prod")
	require.NoError(t, err)
	assert.Equal(t, DeclaredModels{
		Region: "eu-west-1", Project: "yard", Names: []string{"greetings", "voices"},
		Takes: map[string][]string{"greetings": {"bot"}, "voices": {"actions"}},
	}, prod)
	local, err := Models(dir, "local")
	require.NoError(t, err)
	assert.Equal(t, DeclaredModels{
		Region: "us-east-1", Project: "yard", Names: []string{"greetings"}, Takes: map[string][]string{"greetings": {"actions", "bot"}},
	}, local)
}
