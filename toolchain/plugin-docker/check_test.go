package main

import (
	"runtime"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func image(change func(props, build map[string]any)) map[string]any {
	build := map[string]any{"context": "app", "platform": "linux/amd64"}
	props := map[string]any{"imageName": "localhost:4566/bot:1", "build": build}
	if change != nil {
		change(props, build)
	}
	return props
}

func TestCheckNamesEveryFault(t *testing.T) {
	cases := []struct {
		name   string
		change func(props, build map[string]any)
		path   string
		reason string // a part of it
	}{
		{"no name", func(p, _ map[string]any) { delete(p, "imageName") }, "imageName", "is required; write registry/repository:tag"},
		{"bad name", func(p, _ map[string]any) { p["imageName"] = "localhost:4566/Bot" }, "imageName", `"localhost:4566/Bot" is no image name`},
		{"name without registry", func(p, _ map[string]any) { p["imageName"] = "bot:1" }, "imageName", "docker.io/bot:1 for Docker Hub"},
		{"digest", func(p, _ map[string]any) { p["imageName"] = "localhost:4566/bot@sha256:" + zeros }, "imageName", "names a digest"},
		{"other registry", func(p, _ map[string]any) { p["registry"] = map[string]any{"server": "https://ecr.test/bot"} },
			"registry.server", "the login is for ecr.test, but localhost:4566/bot:1 would be pushed to localhost:4566"},
		{"no context", func(_, b map[string]any) { b["context"] = "gone" }, "build.context", "the folder gone cannot be read"},
		{"file as context", func(_, b map[string]any) { b["context"] = "app/Dockerfile" }, "build.context", "app/Dockerfile is a file"},
		{"no Dockerfile", func(_, b map[string]any) { b["dockerfile"] = "app/gone" }, "build.dockerfile", "the Dockerfile app/gone cannot be read"},
		{"Dockerfile from the context", func(_, b map[string]any) { b["dockerfile"] = "Dockerfile" }, "build.dockerfile", "write app/Dockerfile"},
		{"folder as Dockerfile", func(_, b map[string]any) { b["dockerfile"] = "app" }, "build.dockerfile", "app is not a file"},
		{"platform", func(_, b map[string]any) { b["platform"] = "arm64" }, "build.platform", `"arm64" is no platform; write os/architecture`},
		{"old builder", func(_, b map[string]any) { b["builderVersion"] = "BuilderV1" }, "build.builderVersion", "was left out"},
		{"unknown builder", func(_, b map[string]any) { b["builderVersion"] = "3" }, "build.builderVersion", `"3" is no builder`},
		{"host", func(_, b map[string]any) { b["addHosts"] = []any{"a:1", "b"} }, "build.addHosts[1]", `"b" must be host:address`},
		{"cache", func(_, b map[string]any) { b["cacheFrom"] = map[string]any{"images": []any{"bot:1"}} }, "build.cacheFrom.images[0]", "is no full image name"},
		{"number as arg", func(_, b map[string]any) { b["args"] = map[string]any{"N": 3.0} }, "build.args.N", "must be a string, not a number"},
		{"text as args", func(_, b map[string]any) { b["args"] = "A=1" }, "build.args", "must be an object, not a string"},
		{"text as flag", func(p, _ map[string]any) { p["skipPush"] = "yes" }, "skipPush", "must be true or false, not a string"},
		{"unknown key", func(_, b map[string]any) { b["contxt"] = "x" }, "build.contxt", "is no input of docker.Image"},
		{"unknown key at the top", func(p, _ map[string]any) { p["name"] = "x" }, "name", "is no input of docker.Image"},
	}
	plugin, _ := startPlugin(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			workIn(t, contextFiles)
			response, err := plugin.Check(t.Context(), &pulumirpc.CheckRequest{Urn: testURN, News: encodeProperties(image(c.change))})
			require.NoError(t, err)
			require.Len(t, response.GetFailures(), 1)
			path, reason, _ := strings.Cut(response.GetFailures()[0].GetReason(), ": ")
			assert.Equal(t, c.path, path)
			assert.Contains(t, reason, c.reason)
		})
	}
}

func TestCheckReportsAllFaultsAtOnce(t *testing.T) {
	workIn(t, contextFiles)
	plugin, _ := startPlugin(t)
	response, err := plugin.Check(t.Context(), &pulumirpc.CheckRequest{Urn: testURN, News: encodeProperties(
		image(func(p, b map[string]any) {
			p["imageName"], b["platform"], b["context"], b["addHosts"] = "bot", "x", "gone", []any{"h"}
		}))})
	require.NoError(t, err)
	var paths []string
	for _, failure := range response.GetFailures() {
		path, _, _ := strings.Cut(failure.GetReason(), ": ")
		paths = append(paths, path)
	}
	assert.Equal(t, []string{"build.addHosts[0]", "build.context", "build.platform", "imageName"}, paths)
}

func TestCheckAcceptsNames(t *testing.T) {
	plugin, _ := startPlugin(t)
	workIn(t, contextFiles)
	for name, props := range map[string]map[string]any{
		"local name without push":       {"imageName": "bot", "skipPush": true},
		"Hub by its server":             {"imageName": "me/bot", "registry": map[string]any{"server": "docker.io"}},
		"Hub by its old address":        {"imageName": "me/bot", "registry": map[string]any{"server": "https://index.docker.io/v1/"}},
		"ECR by its repository's URL":   {"imageName": "ecr.test/bot:1", "registry": map[string]any{"server": "ecr.test/bot"}},
		"name not known yet":            {"imageName": unknown{}},
		"server not known yet":          {"imageName": "bot", "registry": map[string]any{"server": unknown{}}},
		"registry not known as a whole": {"imageName": "bot", "registry": unknown{}},
	} {
		t.Run(name, func(t *testing.T) {
			props["build"] = map[string]any{"context": "app"}
			check(t, plugin, props)
		})
	}
}

func TestCheckCompletesTheInputs(t *testing.T) {
	workIn(t, contextFiles)
	plugin, engine := startPlugin(t)
	checked := check(t, plugin, map[string]any{
		"imageName": "localhost:4566/bot:1",
		"registry":  map[string]any{"server": "localhost:4566", "username": "AWS", "password": "plain"},
		"build":     map[string]any{"context": "app", "args": map[string]any{"TOKEN": secret{"s3cret"}}},
	})
	assert.Equal(t, map[string]any{
		"imageName":      "localhost:4566/bot:1",
		"buildOnPreview": false,
		"registry":       map[string]any{"server": "localhost:4566", "username": "AWS", "password": secret{"plain"}},
		"build": map[string]any{
			"context": "app", "dockerfile": "app/Dockerfile", "platform": "linux/" + runtime.GOARCH,
			"contextDigest": digestOf(t, "app", "app/Dockerfile"), "args": map[string]any{"TOKEN": secret{"s3cret"}},
		},
	}, checked)
	assert.Equal(t, []string{"INFO " + testURN + " build.platform is not set: the image is built for this machine's own, linux/" + runtime.GOARCH},
		engine.kept())
	assert.Equal(t, checked, check(t, plugin, checked), "checking what was checked changes nothing")

	write(t, "app", map[string]string{"main.py": "print(2)\n"})
	assert.Equal(t, digestOf(t, "app", "app/Dockerfile"), check(t, plugin, checked)["build"].(map[string]any)["contextDigest"],
		"a digest that is there already is not trusted")
}

func TestCheckWithoutBuildTakesTheCurrentFolder(t *testing.T) {
	workIn(t, map[string]string{"Dockerfile": "FROM scratch\n"})
	plugin, _ := startPlugin(t)
	checked := check(t, plugin, map[string]any{"imageName": "localhost:4566/bot:1"})
	assert.Equal(t, map[string]any{"context": ".", "dockerfile": "Dockerfile", "platform": "linux/" + runtime.GOARCH,
		"contextDigest": digestOf(t, ".", "Dockerfile")}, checked["build"])
}

func TestCheckKeepsASecretBuildSecret(t *testing.T) {
	workIn(t, contextFiles)
	plugin, _ := startPlugin(t)
	checked := check(t, plugin, image(func(p, b map[string]any) { p["build"] = secret{b} }))
	assert.IsType(t, secret{}, checked["build"])
	assert.Len(t, reveal(checked["build"]).(map[string]any)["contextDigest"], 64)
}

func TestCheckLeavesAloneWhatIsNotKnownYet(t *testing.T) {
	workIn(t, contextFiles)
	plugin, _ := startPlugin(t)
	checked := check(t, plugin, image(func(_, b map[string]any) { b["args"] = map[string]any{"PARENT": unknown{}} }))
	assert.Equal(t, map[string]any{"PARENT": unknown{}}, checked["build"].(map[string]any)["args"])
	assert.Len(t, checked["build"].(map[string]any)["contextDigest"], 64, "the context is known although an arg is not")

	checked = check(t, plugin, image(func(_, b map[string]any) { b["context"] = unknown{} }))
	assert.Equal(t, map[string]any{"context": unknown{}, "platform": "linux/amd64"}, checked["build"])
}

func TestOtherResourcesAreRefused(t *testing.T) {
	plugin, _ := startPlugin(t)
	_, err := plugin.Check(t.Context(), &pulumirpc.CheckRequest{Urn: "urn:pulumi:test::botyard::docker:index/container:Container::c"})
	assert.ErrorContains(t, err, "is not in this stand-in of the docker plugin")
	_, err = plugin.Invoke(t.Context(), &pulumirpc.InvokeRequest{Tok: "docker:index/getRemoteImage:getRemoteImage"})
	assert.ErrorContains(t, err, "function docker:index/getRemoteImage:getRemoteImage is not in this stand-in")
}

const zeros = "0000000000000000000000000000000000000000000000000000000000000000"
