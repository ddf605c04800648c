package stack

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const prod = `config:
  aws:region: eu-west-1
  aws:profile: society
  botyard:baseImages:
    python: docker.io/library/python@sha256:abc
    other: docker.io/library/other
  botyard:registry: {retain: 20}
  botyard:services: {bot: {image: bot, memory: 448}}
  botyard:edge: {domain: leveling.example.org, zone: example.org}
`

const local = `encryptionsalt: v1:salt
config:
  aws:region: us-east-1
  aws:endpoints: [{ecs: http://localhost:4566}]
  botyard:extends: prod
  botyard:baseImages: {python: botyard/python:3.11-bookworm}
  botyard:registry: {address: localhost:4566, retain: 3}
  botyard:services: {bot: {memory: 100}}
  botyard:edge: null
`

func project(t *testing.T) string {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.prod.yaml"), []byte(prod), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.local.yaml"), []byte(local), 0o644))
	return dir
}

func TestOverlayTakesTheMachinesKeysAndNoOthers(t *testing.T) {
	dir := project(t)
	path := filepath.Join(dir, "generated", "Pulumi.prod.yaml")
	require.NoError(t, Overlay(dir, "prod", path))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, `# Written by yard from Pulumi.prod.yaml and, for this machine, Pulumi.local.yaml. Changes here are lost.
encryptionsalt: v1:salt
config:
  aws:endpoints:
    - ecs: http://localhost:4566
  aws:region: us-east-1
  botyard:baseImages:
    other: docker.io/library/other
    python: botyard/python:3.11-bookworm
  botyard:edge:
    domain: leveling.example.org
    zone: example.org
  botyard:registry:
    address: localhost:4566
    retain: 20
  botyard:services:
    bot:
      image: bot
      memory: 448
`, string(text))
	unchanged, err := os.ReadFile(filepath.Join(dir, "Pulumi.prod.yaml"))
	require.NoError(t, err)
	assert.Equal(t, prod, string(unchanged))
}

func TestBaseImagesAndZone(t *testing.T) {
	dir := project(t)
	images, err := BaseImages(dir, "local")
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"python": "botyard/python:3.11-bookworm"}, images)
	zone, err := Zone(dir, "prod")
	require.NoError(t, err)
	assert.Equal(t, "example.org", zone)
	zone, err = Zone(dir, "local")
	require.NoError(t, err)
	assert.Empty(t, zone)
	_, err = BaseImages(dir, "staging")
	require.ErrorIs(t, err, os.ErrNotExist)

	require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.bad.yaml"), []byte("config: {botyard:baseImages: {python: 3}}"), 0o644))
	_, err = BaseImages(dir, "bad")
	require.EqualError(t, err, "botyard:baseImages.python in Pulumi.bad.yaml must be an image reference, it is 3")
}

func TestALocalConfigWithoutASaltIsCopied(t *testing.T) {
	dir := project(t)
	path := filepath.Join(dir, "generated", "Pulumi.local.yaml")
	used, err := Salted(dir, "local", path)
	require.NoError(t, err)
	assert.Empty(t, used, "it has one")
	assert.NoFileExists(t, path)

	require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.local.yaml"), []byte("config:\n  aws:region: us-east-1\n"), 0o644))
	used, err = Salted(dir, "local", path)
	require.NoError(t, err)
	assert.Equal(t, path, used)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "# Written by yard from Pulumi.local.yaml. Changes here are lost.\nencryptionsalt: "+salt+"\nconfig:\n  aws:region: us-east-1\n", string(text))
}
