package main

import (
	"strings"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// bench is what the tests on a real engine start from: the plugin, a registry, and an image with /tool to build from.
type bench struct {
	t        *testing.T
	plugin   pulumirpc.ResourceProviderClient
	pulumi   *pulumiEngine
	registry string
	base     string
}

func newBench(t *testing.T, registry string, files map[string]string) *bench {
	t.Helper()
	engine := dockerEngine(t)
	base := toolImage(t, engine)
	workIn(t, files)
	plugin, pulumi := startPlugin(t)
	_, err := plugin.Configure(t.Context(), &pulumirpc.ConfigureRequest{})
	require.NoError(t, err)
	removeLater(t, engine, registry+"/*")
	return &bench{t: t, plugin: plugin, pulumi: pulumi, registry: registry, base: base}
}

// inputs are checked inputs of the image bot:1 of the folder app, from base.
func (b *bench) inputs(change func(props, build map[string]any)) map[string]any {
	b.t.Helper()
	build := map[string]any{"context": "app", "args": map[string]any{"PARENT": b.base}}
	props := map[string]any{"imageName": b.registry + "/bot:1", "build": build}
	if change != nil {
		change(props, build)
	}
	return check(b.t, b.plugin, props)
}

const dockerfile = `ARG PARENT
FROM ${PARENT}
COPY . /app
RUN ["/tool", "write", "/made", "here"]
ENTRYPOINT ["/tool"]
`

func TestCreateBuildsAndPushes(t *testing.T) {
	b := newBench(t, startRegistry(t, nil), contextFiles)
	write(t, "app", map[string]string{"Dockerfile": dockerfile})
	checked := b.inputs(func(p, _ map[string]any) {
		p["registry"] = map[string]any{"server": b.registry, "username": "AWS", "password": "s3cret-password"}
	})
	created, err := b.plugin.Create(t.Context(), &pulumirpc.CreateRequest{Urn: testURN, Properties: encodeProperties(checked)})
	require.NoError(t, err)
	assert.Equal(t, b.registry+"/bot:1", created.GetId())
	outputs, err := decodeProperties(created.GetProperties())
	require.NoError(t, err)

	digest := digestOfTag(t, b.registry+"/bot:1")
	assert.Equal(t, map[string]any{
		"imageName": b.registry + "/bot:1", "baseImageName": b.registry + "/bot:1", "repoDigest": b.registry + "/bot@" + digest,
		"context": "app", "dockerfile": "Dockerfile", "platform": defaultPlatform(), "registryServer": b.registry,
		"__inputs": secret{reveal(checked)},
	}, outputs)
	for _, line := range []string{
		"building " + b.registry + "/bot:1", `[3/3] RUN ["/tool", "write", "/made", "here"]`, "built in ", "pushed " + b.registry + "/bot@" + digest,
	} {
		assert.Contains(t, b.pulumi.shown(), line)
	}
	assert.NotContains(t, b.pulumi.shown(), "s3cret-password")

	files := filesOf(t, b.registry+"/bot@"+digest)
	var names []string
	for _, name := range sortedKeys(files) {
		if strings.HasPrefix(name, "app/") || name == "made" {
			names = append(names, name)
		}
	}
	assert.Equal(t, []string{"app/.dockerignore", "app/Dockerfile", "app/keep.log", "app/main.py", "app/sub/data.txt", "made"}, names)
	assert.Equal(t, 0, files["app/main.py"].Uid)
	assert.Equal(t, int64(0o644), files["app/main.py"].Mode&0o777)
}

// After a kill between a push and the saving of the state, the same tag is built and pushed again.
func TestTheSameContextGivesTheSameDigestAgain(t *testing.T) {
	b := newBench(t, startRegistry(t, nil), contextFiles)
	write(t, "app", map[string]string{"Dockerfile": dockerfile})
	first, err := create(t, b.plugin, b.inputs(nil), false)
	require.NoError(t, err)
	time.Sleep(1100 * time.Millisecond)                         // image dates count in seconds
	write(t, "app", map[string]string{"main.py": "print(1)\n"}) // another date, the same content
	second, err := create(t, b.plugin, b.inputs(nil), false)
	require.NoError(t, err)
	assert.Equal(t, first["repoDigest"], second["repoDigest"])

	write(t, "app", map[string]string{"main.py": "print(2)\n"})
	third, err := update(t, b.plugin, b.inputs(nil), false)
	require.NoError(t, err)
	assert.NotEqual(t, first["repoDigest"], third["repoDigest"])
}

// Where no step makes a layer, the image has only its parent's dates.
func TestTheSameConfigGivesTheSameDigestAgain(t *testing.T) {
	b := newBench(t, startRegistry(t, nil), map[string]string{"app/Dockerfile": "ARG PARENT\nFROM ${PARENT}\nENV A=1\nLABEL b=2\n"})
	first, err := create(t, b.plugin, b.inputs(nil), false)
	require.NoError(t, err)
	time.Sleep(1100 * time.Millisecond)
	second, err := create(t, b.plugin, b.inputs(nil), false)
	require.NoError(t, err)
	assert.Equal(t, first["repoDigest"], second["repoDigest"])
}

func TestAChildIsBuiltFromItsParentsDigest(t *testing.T) {
	b := newBench(t, startRegistry(t, nil), map[string]string{
		"app/Dockerfile": dockerfile, "base/Dockerfile": "ARG PARENT\nFROM ${PARENT}\nRUN [\"/tool\", \"write\", \"/base\", \"x\"]\n"})
	parent, err := create(t, b.plugin, b.inputs(func(p, build map[string]any) {
		p["imageName"], build["context"] = b.registry+"/base:1", "base"
	}), false)
	require.NoError(t, err)
	child, err := create(t, b.plugin, b.inputs(func(_, build map[string]any) {
		build["args"] = map[string]any{"PARENT": parent["repoDigest"]}
	}), false)
	require.NoError(t, err)
	assert.Contains(t, filesOf(t, child["repoDigest"].(string)), "base")
}

func TestDockerfileOutsideOfTheContext(t *testing.T) {
	b := newBench(t, startRegistry(t, nil), contextFiles)
	write(t, "docker", map[string]string{"bot.Dockerfile": dockerfile, "bot.Dockerfile.dockerignore": "*\n!main.py\n"})
	outputs, err := create(t, b.plugin, b.inputs(func(_, build map[string]any) { build["dockerfile"] = "docker/bot.Dockerfile" }), false)
	require.NoError(t, err)
	assert.Equal(t, "../docker/bot.Dockerfile", outputs["dockerfile"])
	files := filesOf(t, outputs["repoDigest"].(string))
	assert.Contains(t, files, "app/main.py")
	assert.NotContains(t, files, "app/sub/data.txt")
}

func TestTargetHostsAndNetworkReachTheBuild(t *testing.T) {
	b := newBench(t, startRegistry(t, nil), map[string]string{"app/Dockerfile": `ARG PARENT
FROM ${PARENT} AS first
RUN ["/tool", "host", "db.test", "10.1.2.3"]
FROM first
RUN ["/tool", "say", "1", "5"]
`})
	_, err := create(t, b.plugin, b.inputs(func(_, build map[string]any) {
		build["target"], build["addHosts"], build["network"] = "first", []any{"db.test:10.1.2.3"}, "host"
	}), false)
	assert.NoError(t, err)
}
