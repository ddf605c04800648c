package config

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"testing"

	jsonpatch "github.com/evanphx/json-patch/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// FuzzLoad holds that no settings make Load panic, that it always decides the same, and that
// what it accepts is what the rest of the program relies on. The input is a JSON merge patch
// over the good stack (so that much is accepted) or, with alone set, all of the settings.
func FuzzLoad(f *testing.F) {
	root := project(f)
	prod := goodJSON(f)
	for _, test := range slices.Concat(badInput, badWarden) {
		for each := range strings.SplitSeq(test.patch, "\n---\n") {
			f.Add(asJSON(f, each), false)
		}
	}
	f.Add(prod, true)
	f.Add(asJSON(f, small), true)
	f.Add(asJSON(f, fargateHosts), false)
	f.Fuzz(func(t *testing.T, settings []byte, alone bool) {
		if !alone {
			merged, err := jsonpatch.MergePatch(prod, settings)
			if err != nil {
				t.Skip()
			}
			settings = merged
		}
		var all map[string]json.RawMessage
		if json.Unmarshal(settings, &all) != nil {
			t.Skip()
		}
		values := map[string]string{}
		for key, value := range all {
			values[key] = string(value)
		}
		s := Source{Project: "botyard", Stack: "test", Root: root, Values: values}
		c, err := Load(s)
		again, errAgain := Load(s)
		assert.Equal(t, err, errAgain)
		if err != nil {
			assert.Nil(t, c)
			assertExplains(t, err)
			return
		}
		assert.Equal(t, c, again)
		assertInvariants(t, c)
	})
}

const fargateHosts = `{hosts: {kind: fargate, instanceType: null, count: null, maxCount: null, diskGiB: null},
services: {api: {memory: 512}, bot: {memory: 512, port: {host: null}}}}`

func goodJSON(t testing.TB) []byte { return asJSON(t, good) }

func asJSON(t testing.TB, text string) []byte {
	t.Helper()
	value := map[string]any{}
	require.NoError(t, yaml.Unmarshal([]byte(text), &value))
	encoded, err := json.Marshal(value)
	require.NoError(t, err)
	return encoded
}

// assertExplains holds that every error is a Problem that says where, what and what instead.
func assertExplains(t *testing.T, err error) {
	t.Helper()
	joined, ok := err.(interface{ Unwrap() []error })
	require.True(t, ok, "%v", err)
	for _, each := range joined.Unwrap() {
		problem, ok := each.(*Problem)
		require.True(t, ok, "%v", each)
		assert.True(t, strings.HasPrefix(problem.Path, "botyard:"), problem.Path)
		assert.NotEmpty(t, problem.What)
		assert.NotEmpty(t, problem.Right)
	}
}

// assertInvariants holds what the rest of the program takes for granted.
func assertInvariants(t *testing.T, c *Config) {
	t.Helper()
	assert.NotEmpty(t, c.Services)
	assert.Len(t, c.Graph.Layers(), len(c.Images))
	built := map[string]bool{}
	for _, node := range c.Graph.Layers() {
		for _, used := range node.Uses {
			assert.True(t, built[used], "%s comes after what it uses", node.Name)
		}
		assert.True(t, built[node.Parent] || node.Base && c.BaseImages[node.Parent] == node.OutsideBase, "%s comes before its parent", node.Name)
		assert.Contains(t, []string{"linux/amd64", "linux/arm64"}, node.Platform)
		assert.Regexp(t, "^[0-9a-f]{16}$", node.Tag)
		built[node.Name] = true
	}
	owners, users, ports, paths := map[string]int{}, map[string]int{}, map[int]bool{}, map[string]bool{}
	for name, service := range c.Services {
		assert.Regexp(t, "^[a-z][a-z0-9-]{0,31}$", name)
		assert.True(t, built[service.Image])
		assert.Positive(t, service.Replicas)
		assert.False(t, service.Singleton && service.Replicas > 1)
		assert.True(t, !service.Singleton || c.Warded(service.Image))
		assert.Positive(t, service.CPU)
		assert.Positive(t, service.Memory)
		assert.NotEmpty(t, service.Health.Command)
		if !c.Hosts.Fargate() {
			assert.Equal(t, c.Hosts.Platform(), c.Images[service.Image].Platform)
		}
		if port := service.Port; port != nil && port.Host != 0 && !c.Hosts.Fargate() {
			assert.False(t, ports[port.Host])
			ports[port.Host] = true
		}
		if service.Public != nil {
			assert.NotNil(t, service.Port)
			assert.False(t, paths[service.Public.Path])
			paths[service.Public.Path] = true
		}
		for variable, secret := range service.Secrets {
			assert.Contains(t, c.Secrets, secret)
			assert.NotContains(t, service.Environment, variable)
		}
		if database := service.Database; database != nil {
			assert.NotNil(t, c.Database)
			users[database.Name]++
			if database.Access == AccessOwner {
				owners[database.Name]++
			}
		}
	}
	assert.Equal(t, Names(users), Names(owners))
	for _, count := range owners {
		assert.Equal(t, 1, count)
	}
	prefix, err := netip.ParsePrefix(c.Network.CIDR)
	require.NoError(t, err)
	assert.LessOrEqual(t, prefix.Bits(), 24)
	assert.True(t, c.Hosts.Fargate() || c.Hosts.Count >= 1 && c.Hosts.MaxCount >= c.Hosts.Count)
}
