package config

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type noMocks struct{}

func (noMocks) NewResource(pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	return "", nil, nil
}

func (noMocks) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }

func gather(t *testing.T, change func(*pulumi.RunInfo)) (Source, error) {
	t.Helper()
	var found Source
	var failed error
	require.NoError(t, pulumi.RunErr(func(ctx *pulumi.Context) error {
		found, failed = FromContext(ctx)
		return nil
	}, pulumi.WithMocks("botyard", "test", noMocks{}), change))
	return found, failed
}

func TestFromContext(t *testing.T) {
	t.Setenv(pulumi.EnvConfig, `{"botyard:images": "{}", "botyard:imgaes": "{}", "aws:region": "x", "other:images": "y"}`)
	found, err := gather(t, func(info *pulumi.RunInfo) {
		info.RootDirectory = "/project"
		info.Config = map[string]string{"botyard:images": `{"a":{}}`, "botyard:tags": "{}", "aws:region": "x"}
		info.ConfigSecretKeys = []string{"botyard:tags", "aws:secretKey"}
	})
	require.NoError(t, err)
	assert.Equal(t, Source{
		Project: "botyard", Stack: "test", Root: "/project",
		Values:    map[string]string{"images": `{"a":{}}`, "tags": "{}", "imgaes": "{}"},
		Encrypted: []string{"tags"},
	}, found)
}

func TestFromContextWithoutRootDirectory(t *testing.T) {
	t.Setenv(pulumi.EnvConfig, "")
	folder := t.TempDir()
	t.Chdir(folder)
	found, err := gather(t, func(info *pulumi.RunInfo) { info.RootDirectory = "" })
	require.NoError(t, err)
	assert.Equal(t, folder, found.Root)
	assert.Empty(t, found.Values)
}

func TestFromContextWithABrokenEnvironment(t *testing.T) {
	t.Setenv(pulumi.EnvConfig, "{")
	_, err := gather(t, func(info *pulumi.RunInfo) { info.Config = nil })
	assert.EqualError(t, err, "reading PULUMI_CONFIG: unexpected end of JSON input")
}
