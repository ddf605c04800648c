package settings

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/tests/checkout"
	"botyard/tests/fleet"
)

const root = "../../.."

// TestTheStacksAreReadAsPulumiReadsThem holds that both ways to a stack's settings end at the same.
func TestTheStacksAreReadAsPulumiReadsThem(t *testing.T) {
	absolute, err := filepath.Abs(root)
	require.NoError(t, err)
	for _, stack := range []string{"prod", "local", "wulu", "wulu-local"} {
		read, err := Load(absolute, stack)
		require.NoError(t, err)
		assert.Equal(t, fleet.Load(t, stack), read.Config)
		assert.Equal(t, "us-east-1", read.Region)
	}
}

func TestAnUnknownStackIsRefused(t *testing.T) {
	_, err := Load(root, "porducts")
	require.EqualError(t, err, `there is no stack "porducts": the checkout has no Pulumi.porducts.yaml; name another one, or write that file`)
}

func TestAnEncryptedValueIsRefusedUnread(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"Pulumi.yaml":   "name: botyard\nruntime: go\n",
		"Pulumi.a.yaml": "config:\n  botyard:tags:\n    secure: v1:x\n  other:token:\n    secure: v1:y\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	_, err := Load(dir, "a")
	require.ErrorContains(t, err, "botyard:tags: holds an encrypted value")
	assert.NotContains(t, err.Error(), "other:token")
}

// TestTheStagingExampleIsAStack holds that what docs/delivery.md says to copy loads in this repository.
func TestTheStagingExampleIsAStack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "copy")
	require.NoError(t, checkout.Copy(root, dir))
	text, err := os.ReadFile(filepath.Join(root, "examples", "staging", "Pulumi.staging.yaml"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.staging.yaml"), text, 0o644))
	read, err := Load(dir, "staging")
	require.NoError(t, err)
	assert.Equal(t, "staging", read.Config.Tags["environment"])
	assert.Equal(t, "staging.leveling.example.org", read.Config.Edge.Domain)
}
