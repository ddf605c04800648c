package stack

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAStackIsThisMachinesIfAllItsEndpointsAreHere(t *testing.T) {
	dir := t.TempDir()
	for config, want := range map[string]bool{
		"aws:endpoints: [{s3: http://localhost:4566, ecs: http://localhost:4567}]":               true,
		"aws:endpoints: [{s3: http://localhost:4566}, {ecs: http://localhost:4566}]":             true,
		"aws:endpoints: [{s3: http://localhost:4566, ecs: https://ecs.eu-west-1.amazonaws.com}]": false,
		"aws:endpoints: [{s3: https://bucket.vpce-1.s3.us-east-1.vpce.amazonaws.com}]":           false,
		"aws:endpoints: [{s3: http://localhost.example.org}]":                                    false,
		"aws:endpoints: []":     false,
		"aws:region: us-east-1": false,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.test.yaml"), []byte("config:\n  "+config+"\n"), 0o644))
		own, err := OnMachine(dir, "test")
		require.NoError(t, err)
		assert.Equal(t, want, own, config)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.test.yaml"), []byte("config:\n  aws:endpoints: [{s3: \"http://local host\"}]\n"), 0o644))
	_, err := OnMachine(dir, "test")
	require.EqualError(t, err, `aws:endpoints.s3 in Pulumi.test.yaml: parse "http://local host": invalid character " " in host name`)
	_, err = OnMachine(dir, "none")
	require.ErrorIs(t, err, os.ErrNotExist)
}

// TestTheCheckoutsOwnStacks holds it for the files that are there.
func TestTheCheckoutsOwnStacks(t *testing.T) {
	for name, want := range map[string]bool{"local": true, "wulu-local": true, "prod": false, "wulu": false} {
		own, err := OnMachine("../../..", name)
		require.NoError(t, err)
		assert.Equal(t, want, own, name)
	}
}
