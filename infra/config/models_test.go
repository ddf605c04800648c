package config

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestModelsAreRead(t *testing.T) {
	c, err := load(t, project(t), `
models: {greetings: {description: What it answers}, old: {description: x, protect: false}}
services: {bot: {models: {MODEL: {name: greetings}, OLD: {name: greetings, version: 3HL4kqtJlcpXrof3vjVBH40Nrjfkd_.-}}}}`)
	require.NoError(t, err)
	assert.Equal(t, map[string]Model{"greetings": {Description: "What it answers", Protect: true}, "old": {Description: "x"}}, c.Models)
	assert.Equal(t, map[string]ServiceModel{
		"MODEL": {Name: "greetings", Version: "latest"}, "OLD": {Name: "greetings", Version: "3HL4kqtJlcpXrof3vjVBH40Nrjfkd_.-"},
	}, c.Services["bot"].Models)
	assert.Equal(t, []string{"botyard:models.old: no service uses it; remove it"}, c.Warnings)
	assert.True(t, c.ProtectModels(), "one of its models is protected")
	c.Models = map[string]Model{"old": c.Models["old"]}
	assert.False(t, c.ProtectModels())
}

func TestAStackHasNoModelsUnlessItSaysSo(t *testing.T) {
	c, err := Load(source(t, project(t), small+"models: {}\n"))
	require.NoError(t, err)
	assert.Empty(t, c.Models)
	assert.False(t, c.ProtectModels())
}
