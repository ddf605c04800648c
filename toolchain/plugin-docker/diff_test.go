package main

import (
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
)

var dayOne = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)

func TestDiff(t *testing.T) {
	const add, change, remove = pulumirpc.PropertyDiff_ADD, pulumirpc.PropertyDiff_UPDATE, pulumirpc.PropertyDiff_DELETE
	type kinds map[string]pulumirpc.PropertyDiff_Kind
	old := func() map[string]any {
		return map[string]any{
			"imageName": "localhost:4566/bot:1", "skipPush": false,
			"registry": map[string]any{"server": "localhost:4566", "username": "AWS", "password": secret{"old"}},
			"build": map[string]any{"contextDigest": "d1", "args": map[string]any{"PARENT": "base@sha256:1", "a.b": "x"},
				"addHosts": []any{"a:1"}},
		}
	}
	build := func(new map[string]any) map[string]any { return new["build"].(map[string]any) }
	registry := func(new map[string]any) map[string]any { return new["registry"].(map[string]any) }
	cases := []struct {
		name   string
		change func(new map[string]any)
		want   kinds
	}{
		{"nothing", func(map[string]any) {}, kinds{}},
		{"image name", func(new map[string]any) { new["imageName"] = "localhost:4566/bot:2" }, kinds{"imageName": change}},
		{"context", func(new map[string]any) { build(new)["contextDigest"] = "d2" }, kinds{"build.contextDigest": change}},
		{"arg", func(new map[string]any) { build(new)["args"].(map[string]any)["PARENT"] = "base@sha256:2" }, kinds{"build.args.PARENT": change}},
		{"arg not known yet", func(new map[string]any) { build(new)["args"].(map[string]any)["PARENT"] = unknown{} }, kinds{"build.args.PARENT": change}},
		{"odd key", func(new map[string]any) { build(new)["args"].(map[string]any)["a.b"] = "y" }, kinds{`build.args["a.b"]`: change}},
		{"list", func(new map[string]any) { build(new)["addHosts"] = []any{"a:1", "b:2"} }, kinds{"build.addHosts": change}},
		{"new and gone", func(new map[string]any) {
			build(new)["target"] = "test"
			delete(build(new), "addHosts")
		}, kinds{"build.target": add, "build.addHosts": remove}},
		{"login", func(new map[string]any) { registry(new)["username"], registry(new)["password"] = "me", secret{"new"} }, kinds{}},
		{"login not known yet", func(new map[string]any) { registry(new)["password"] = secret{unknown{}} }, kinds{}},
		{"login gone", func(new map[string]any) { delete(registry(new), "username"); delete(registry(new), "password") }, kinds{}},
		{"server", func(new map[string]any) { registry(new)["server"] = "other" }, kinds{"registry.server": change}},
		{"registry gone", func(new map[string]any) { delete(new, "registry") }, kinds{"registry.server": remove}},
		{"only secret now", func(new map[string]any) { new["imageName"] = secret{new["imageName"]} }, kinds{}},
		{"build not known yet", func(new map[string]any) { new["build"] = unknown{} }, kinds{"build": change}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			new := old()
			c.change(new)
			got := kinds{}
			for path, diff := range diffInputs(old(), new) {
				got[path] = diff.GetKind()
				assert.True(t, diff.GetInputDiff())
			}
			assert.Equal(t, c.want, got)
		})
	}
}

func TestAnUnknownValueDiffersFromItself(t *testing.T) {
	bag := map[string]any{"build": map[string]any{"addHosts": []any{unknown{}}}}
	assert.Len(t, diffInputs(bag, bag), 1)
}
