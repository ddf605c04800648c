package main

import (
	"path/filepath"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/emptypb"
)

func TestPreviewBuildsNothingAndForetellsTheOutputs(t *testing.T) {
	workIn(t, contextFiles)
	plugin, engine := startPlugin(t)
	checked := check(t, plugin, image(func(p, b map[string]any) {
		p["registry"] = map[string]any{"server": "localhost:4566"}
		b["args"] = map[string]any{"PARENT": unknown{}}
	}))
	want := map[string]any{
		"imageName": "localhost:4566/bot:1", "baseImageName": "localhost:4566/bot:1", "repoDigest": unknown{},
		"context": "app", "dockerfile": "Dockerfile", "platform": "linux/amd64", "registryServer": "localhost:4566",
	}
	outputs, err := update(t, plugin, checked, true)
	require.NoError(t, err)
	assert.Equal(t, want, outputs)

	created, err := plugin.Create(t.Context(), &pulumirpc.CreateRequest{Urn: testURN, Properties: encodeProperties(checked), Preview: true})
	require.NoError(t, err)
	outputs, err = decodeProperties(created.GetProperties())
	require.NoError(t, err)
	assert.Equal(t, want, outputs)
	assert.Empty(t, created.GetId())
	assert.Empty(t, engine.kept())
}

func TestPreviewThatCannotBuildWarns(t *testing.T) {
	workIn(t, contextFiles)
	plugin, engine := startPlugin(t)
	checked := check(t, plugin, image(func(p, b map[string]any) {
		p["buildOnPreview"] = true
		b["args"] = map[string]any{"PARENT": unknown{}}
	}))
	outputs, err := update(t, plugin, checked, true)
	require.NoError(t, err)
	assert.Equal(t, unknown{}, outputs["repoDigest"])
	require.Len(t, engine.kept(), 1)
	assert.Contains(t, engine.kept()[0], "WARNING "+testURN+" buildOnPreview is set, but build comes from what the update makes first")
}

func TestOutputsAreAsSecretAsTheirInputs(t *testing.T) {
	workIn(t, contextFiles)
	plugin, _ := startPlugin(t)
	checked := check(t, plugin, image(func(p, _ map[string]any) {
		p["imageName"] = secret{p["imageName"]}
		p["registry"] = map[string]any{"server": secret{unknown{}}}
	}))
	outputs, err := update(t, plugin, checked, true)
	require.NoError(t, err)
	assert.Equal(t, secret{"localhost:4566/bot:1"}, outputs["imageName"])
	assert.Equal(t, secret{"localhost:4566/bot:1"}, outputs["baseImageName"])
	assert.Equal(t, secret{unknown{}}, outputs["registryServer"])
	assert.Equal(t, "app", outputs["context"])
}

func TestDiffSeesTheContextAndNotThePassword(t *testing.T) {
	workIn(t, contextFiles)
	plugin, _ := startPlugin(t)
	inputs := func(password string) map[string]any {
		return check(t, plugin, image(func(p, _ map[string]any) {
			p["registry"] = map[string]any{"server": "localhost:4566", "username": "AWS", "password": secret{password}}
		}))
	}
	diff := func(req *pulumirpc.DiffRequest) *pulumirpc.DiffResponse {
		response, err := plugin.Diff(t.Context(), req)
		require.NoError(t, err)
		assert.Empty(t, response.GetReplaces())
		return response
	}
	old := inputs("first")
	same := diff(&pulumirpc.DiffRequest{OldInputs: encodeProperties(old), News: encodeProperties(inputs("second"))})
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, same.GetChanges())

	write(t, "app", map[string]string{"main.py": "print(2)\n"})
	other := diff(&pulumirpc.DiffRequest{OldInputs: encodeProperties(old), News: encodeProperties(inputs("second"))})
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_SOME, other.GetChanges())
	assert.Equal(t, []string{"build"}, other.GetDiffs())
	assert.Equal(t, pulumirpc.PropertyDiff_UPDATE, other.GetDetailedDiff()["build.contextDigest"].GetKind())
	assert.Len(t, other.GetDetailedDiff(), 1)

	// The published plugin's state, from an engine that sends no old inputs.
	state := encodeProperties(map[string]any{"imageName": "localhost:4566/bot:1", "__inputs": secret{reveal(old)}})
	assert.Equal(t, other.GetDetailedDiff()["build.contextDigest"].GetKind(),
		diff(&pulumirpc.DiffRequest{Olds: state, News: encodeProperties(inputs("third"))}).GetDetailedDiff()["build.contextDigest"].GetKind())
}

func TestReadAndDeleteLeaveEverythingAsItIs(t *testing.T) {
	plugin, _ := startPlugin(t)
	state := encodeProperties(map[string]any{"repoDigest": "bot@sha256:1"})
	inputs := encodeProperties(map[string]any{"imageName": "bot"})
	read, err := plugin.Read(t.Context(), &pulumirpc.ReadRequest{Id: "bot", Urn: testURN, Properties: state, Inputs: inputs})
	require.NoError(t, err)
	assert.Equal(t, "bot", read.GetId())
	assert.Equal(t, "bot@sha256:1", read.GetProperties().GetFields()["repoDigest"].GetStringValue())
	assert.Equal(t, "bot", read.GetInputs().GetFields()["imageName"].GetStringValue())
	_, err = plugin.Delete(t.Context(), &pulumirpc.DeleteRequest{Id: "bot", Urn: testURN})
	assert.NoError(t, err)
}

func TestPluginTellsNameAndVersion(t *testing.T) {
	plugin, _ := startPlugin(t)
	info, err := plugin.GetPluginInfo(t.Context(), &emptypb.Empty{})
	require.NoError(t, err)
	assert.Equal(t, "4.10.0", info.GetVersion())
	schema, err := plugin.GetSchema(t.Context(), &pulumirpc.GetSchemaRequest{})
	require.NoError(t, err)
	assert.JSONEq(t, `{"name":"docker","version":"4.10.0"}`, schema.GetSchema())
}

func TestConfigureWithoutAnEngineSaysWhatToDo(t *testing.T) {
	plugin, _ := startPlugin(t)
	socket := "unix://" + filepath.Join(t.TempDir(), "none.sock")
	_, err := plugin.Configure(t.Context(), &pulumirpc.ConfigureRequest{Args: encodeProperties(map[string]any{"host": socket})})
	require.Error(t, err)
	for _, part := range []string{"no Docker Engine answers", socket, "systemctl start docker", "docker:host"} {
		assert.Contains(t, err.Error(), part)
	}
	t.Setenv("DOCKER_HOST", socket)
	for _, props := range []map[string]any{
		{"host": socket, "disableDockerDaemonCheck": "true"},
		{"host": unknown{}},
	} {
		response, err := plugin.Configure(t.Context(), &pulumirpc.ConfigureRequest{Args: encodeProperties(props)})
		require.NoError(t, err)
		assert.True(t, response.GetAcceptSecrets())
		assert.True(t, response.GetSupportsPreview())
	}
}

func TestDockerHostOfTheEnvironmentIsTheOnlyOneTried(t *testing.T) {
	t.Setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
	assert.Equal(t, []string{"unix:///nowhere/docker.sock"}, defaultHosts())
	t.Setenv("DOCKER_HOST", "")
	assert.Equal(t, "unix:///var/run/docker.sock", defaultHosts()[0])
}

func TestConfigIsStrict(t *testing.T) {
	plugin, _ := startPlugin(t)
	response, err := plugin.CheckConfig(t.Context(), &pulumirpc.CheckRequest{News: encodeProperties(map[string]any{
		"host": "unix:///x", "sshOpts": []any{"-v"}, "disableDockerDaemonCheck": "maybe", "registryAuth": `{"password":"hunter22"}`, "version": "4.10.0",
	})})
	require.NoError(t, err)
	var lines []string
	for _, failure := range response.GetFailures() {
		path, _, _ := strings.Cut(failure.GetReason(), ": ")
		lines = append(lines, path)
		assert.NotContains(t, failure.GetReason(), "hunter22")
	}
	assert.Equal(t, "sshOpts disableDockerDaemonCheck registryAuth", strings.Join(lines, " "))
	_, err = plugin.Configure(t.Context(), &pulumirpc.ConfigureRequest{Args: encodeProperties(map[string]any{"host": "ssh://me@host"})})
	assert.ErrorContains(t, err, `"ssh://me@host" is not understood`)
}

func TestDiffConfigNeverReplaces(t *testing.T) {
	plugin, _ := startPlugin(t)
	response, err := plugin.DiffConfig(t.Context(), &pulumirpc.DiffRequest{
		OldInputs: encodeProperties(map[string]any{"host": "unix:///a", "registryAuth": []any{"x"}}),
		News:      encodeProperties(map[string]any{"host": "unix:///b"})})
	require.NoError(t, err)
	assert.Equal(t, []string{"host"}, response.GetDiffs())
	assert.Empty(t, response.GetReplaces())
}
