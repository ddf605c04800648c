package config

import (
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// root is the repository's, as seen from this package.
const root = "../.."

// stackConfig is a stack file's config section.
func stackConfig(t *testing.T, stack string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, stackFile(stack)))
	require.NoError(t, err)
	var file struct {
		Config map[string]any `yaml:"config"`
	}
	require.NoError(t, yaml.Unmarshal(text, &file))
	return file.Config
}

// realStack loads one of the repository's own stacks as Pulumi would, Pulumi.yaml's defaults included.
func realStack(t *testing.T, stack string) *Config {
	t.Helper()
	all := map[string]any{}
	for key, declared := range declaredKeys(t) {
		all[key] = declared.Default
	}
	for key, value := range stackConfig(t, stack) {
		if name, ours := strings.CutPrefix(key, Namespace+":"); ours {
			all[name] = value
		}
	}
	text, err := yaml.Marshal(all)
	require.NoError(t, err)
	s := source(t, root, string(text))
	s.Stack = stack
	c, err := Load(s)
	require.NoError(t, err)
	return c
}

func TestProd(t *testing.T) {
	c := realStack(t, "prod")
	assert.Empty(t, c.Warnings)
	assert.Equal(t, []string{"bot", "leveling-api", "member-listener"}, Names(c.Services))
	assert.True(t, c.Services["bot"].Singleton)
	assert.True(t, c.Database.Protect)
	for _, name := range Names(c.Services) {
		assert.True(t, c.Warded(c.Services[name].Image), "%s starts with the warden", name)
	}
	assert.False(t, c.Warded("database-init"), "a one-off task has no lease and no probe")
	assert.Equal(t, []string{"bot", "leveling-api", "member-listener"}, c.Graph.Descendants("warden"))
	assert.Equal(t, []string{"bot", "database-init", "leveling-api", "member-listener", "models", "python-deps"}, c.Graph.Descendants("base"))
}

// TestLocalDiffersFromProd holds that local is prod but for the settings that must differ.
func TestLocalDiffersFromProd(t *testing.T) {
	prod, local := realStack(t, "prod"), realStack(t, "local")
	assert.Empty(t, local.Warnings)
	assert.Equal(t, []string{"edge"}, local.Without)
	assert.Nil(t, local.Edge)
	assert.Equal(t, map[string]string{"fleet": "society", "environment": "local"}, local.Tags)
	assert.Equal(t, map[string]string{"go": "botyard/go:1.26-bookworm", "python": "botyard/python:3.11-bookworm"}, local.BaseImages)
	assert.Equal(t, Registry{Retain: 20, Address: "localhost:4566"}, local.Registry)
	assert.False(t, local.Database.Protect)
	assert.Empty(t, local.Secrets)
	// With those taken from prod, nothing is left that differs.
	local.ServicesText = prod.ServicesText // as the services that it is the text of
	local.Stack, local.Extends, local.Without, local.Graph = prod.Stack, "", prod.Without, prod.Graph
	local.Tags, local.Edge, local.BaseImages, local.Registry = prod.Tags, prod.Edge, prod.BaseImages, prod.Registry
	local.Secrets, local.Database.Protect, local.Database.BackupDays = prod.Secrets, true, prod.Database.BackupDays
	for name, service := range local.Services {
		service.Secrets = prod.Services[name].Secrets
		local.Services[name] = service
	}
	assert.Equal(t, prod, local)
}

func TestWulu(t *testing.T) {
	c := realStack(t, "wulu")
	assert.Empty(t, c.Warnings)
	assert.Equal(t, []string{"chat"}, Names(c.Services))
	assert.False(t, c.Services["chat"].Singleton)
	assert.True(t, c.Warded("chat"))
	assert.Nil(t, c.Database)
	assert.Equal(t, []string{"chat"}, c.Graph.Descendants("warden"))
	assert.Equal(t, []string{"chat", "chat-deps", "intents"}, c.Graph.Descendants("base"))
	assert.Empty(t, c.Graph.Descendants("intents"), "the model is no part of the bot's image")
	assert.Equal(t, map[string]ServiceModel{"MODEL": {Name: "intents", Version: LatestModel}}, c.Services["chat"].Models)
	assert.True(t, c.ProtectModels())
}

// TestWuluLocalDiffersFromWulu holds that wulu-local is wulu but for what must differ, and that it takes the same of this
// machine as local does.
func TestWuluLocalDiffersFromWulu(t *testing.T) {
	wulu, here, local := realStack(t, "wulu"), realStack(t, "wulu-local"), realStack(t, "local")
	assert.Empty(t, here.Warnings)
	assert.Nil(t, here.Edge)
	assert.Equal(t, map[string]string{"fleet": "wulu", "environment": "local"}, here.Tags)
	assert.Equal(t, map[string]string{"LOG_LEVEL": "info", "ALLOWED_ORIGINS": "http://localhost:8080"}, here.Services["chat"].Environment)
	assert.Equal(t, local.BaseImages, here.BaseImages)
	assert.Equal(t, local.Registry, here.Registry)
	// With those taken from wulu, nothing is left that differs.
	here.ServicesText = wulu.ServicesText // as the services that it is the text of
	here.Stack, here.Extends, here.Without, here.Graph = wulu.Stack, "", wulu.Without, wulu.Graph
	here.Tags, here.Edge, here.BaseImages, here.Registry = wulu.Tags, wulu.Edge, wulu.BaseImages, wulu.Registry
	assert.False(t, here.ProtectModels(), "make down removes it all")
	here.Models = wulu.Models
	chat := here.Services["chat"]
	chat.Environment = wulu.Services["chat"].Environment
	here.Services["chat"] = chat
	assert.Equal(t, wulu, here)

	theirs, ours := stackConfig(t, "local"), stackConfig(t, "wulu-local")
	for key, value := range theirs {
		if strings.HasPrefix(key, "aws:") {
			assert.Equal(t, value, ours[key], key)
		}
	}
}

// TestLocalNamesEndpointsOfTheProvider holds that every emulated service is one that the
// provider knows, and that all are at one address.
func TestLocalNamesEndpointsOfTheProvider(t *testing.T) {
	known := map[string]bool{}
	endpoint := reflect.TypeFor[aws.ProviderEndpoint]()
	for i := range endpoint.NumField() {
		known[endpoint.Field(i).Tag.Get("pulumi")] = true
	}
	settings := stackConfig(t, "local")
	list := settings["aws:endpoints"].([]any)
	require.Len(t, list, 1)
	for service, url := range list[0].(map[string]any) {
		assert.True(t, known[service], "%s is no service of the provider", service)
		assert.Equal(t, "http://localhost:4566", url, service)
	}
	// A provider setting's key is its argument's name with a small letter.
	args := reflect.TypeFor[aws.ProviderArgs]()
	for key := range settings {
		if name, ours := strings.CutPrefix(key, "aws:"); ours {
			_, there := args.FieldByName(strings.ToUpper(name[:1]) + name[1:])
			assert.True(t, there, "%s is no setting of the provider", key)
		}
	}
}

// declared is a key's declaration in Pulumi.yaml.
type declared struct {
	Type, Description string
	Default           any
}

func declaredKeys(t *testing.T) map[string]declared {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "Pulumi.yaml"))
	require.NoError(t, err)
	var project struct{ Config map[string]declared }
	require.NoError(t, yaml.Unmarshal(text, &project))
	keys := map[string]declared{}
	for key, declaration := range project.Config {
		name, ours := strings.CutPrefix(key, Namespace+":")
		require.True(t, ours, "%s is not of the namespace %s", key, Namespace)
		keys[name] = declaration
	}
	return keys
}

// TestPulumiYamlDeclaresEveryKey holds that the keys that Pulumi knows are those that this
// package reads, each with its type, a description, and a default: Pulumi demands a value of
// every key without one.
func TestPulumiYamlDeclaresEveryKey(t *testing.T) {
	keys := declaredKeys(t)
	assert.ElementsMatch(t, topKeys(), Names(keys))
	config := reflect.TypeFor[Config]()
	for i := range config.NumField() {
		key, _, _ := keyOf(config.Field(i))
		if key == "" {
			continue
		}
		kind, empty := "object", any(map[string]any{})
		switch config.Field(i).Type.Kind() {
		case reflect.String:
			kind, empty = "string", ""
		case reflect.Slice:
			kind, empty = "array", []any{}
		}
		assert.Equal(t, kind, keys[key].Type, key)
		assert.Equal(t, empty, keys[key].Default, key)
		assert.NotEmpty(t, keys[key].Description, key)
	}
}

// TestProdIsTheReference holds that every key there is stands in Pulumi.prod.yaml, as a
// setting or in a comment, and that its comment says the default that the program has.
func TestProdIsTheReference(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, stackFile("prod")))
	require.NoError(t, err)
	var missing []string
	var visit func(reflect.Type)
	visit = func(kind reflect.Type) {
		switch kind.Kind() {
		case reflect.Pointer, reflect.Map, reflect.Slice:
			visit(kind.Elem())
		case reflect.Struct:
			for i := range kind.NumField() {
				key, _, _ := keyOf(kind.Field(i))
				if key != "" && !strings.Contains(string(text), key+":") {
					missing = append(missing, kind.Name()+"."+key)
				}
				if key != "" {
					visit(kind.Field(i).Type)
				}
			}
		}
	}
	visit(reflect.TypeFor[Config]())
	assert.Empty(t, missing)

	c, err := Load(source(t, project(t), small+"database: {engineVersion: '15', initImage: bot}"))
	require.NoError(t, err)
	defaults := map[string]string{
		"retain": "20", "cidr": c.Network.CIDR, "kind": c.Hosts.Kind, "instanceType": c.Hosts.InstanceType, "diskGiB": "30",
		"instanceClass": c.Database.InstanceClass, "storageGiB": "20", "backupDays": "7", "interval": "10", "timeout": "5",
		"retries": "3", "startPeriod": "30", "logDays": "30", "healthPath": "/", "multiZone": "false", "protect": "true",
		"stopAt": "critical", "wait": "600",
		"submodules": "true", "lfs": "refuse", "maxFileMiB": "50",
	}
	lines := strings.Split(string(text), "\n")
	for key, value := range defaults {
		said := slices.ContainsFunc(lines, func(line string) bool {
			return strings.Contains(line, key+":") && strings.HasSuffix(line, "Default: "+value)
		})
		assert.True(t, said, "no line of %s: ends in %q", key, "Default: "+value)
	}
}

// TestStackFilesAreAsPulumiWritesThem holds that pulumi stack init and pulumi config set, which
// write the file anew, change no line besides the one that is meant.
func TestStackFilesAreAsPulumiWritesThem(t *testing.T) {
	project, err := workspace.LoadProject(filepath.Join(root, "Pulumi.yaml"))
	require.NoError(t, err)
	for _, stack := range []string{"prod", "local", "wulu", "wulu-local"} {
		want, err := os.ReadFile(filepath.Join(root, stackFile(stack)))
		require.NoError(t, err)
		file := filepath.Join(t.TempDir(), stackFile(stack))
		require.NoError(t, os.WriteFile(file, want, 0o644))
		loaded, err := workspace.LoadProjectStack(diag.DefaultSink(io.Discard, io.Discard, diag.FormatOptions{Color: colors.Never}), project, file)
		require.NoError(t, err)
		require.NoError(t, loaded.Save(file))
		got, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got))
	}
}
