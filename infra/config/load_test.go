package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// small is the least that a stack must say.
const small = `
baseImages: {python: "docker.io/library/python:3.11@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b"}
images: {bot: {parent: python, context: images/bot}}
services: {bot: {image: bot, cpu: 256, memory: 256, health: {command: [check]}}}
`

// TestDefaults holds everything that a stack gets without asking.
func TestDefaults(t *testing.T) {
	root := project(t)
	c, err := Load(source(t, root, small))
	require.NoError(t, err)
	graph := c.Graph
	c.Graph = nil
	assert.Equal(t, &Config{
		Project: "botyard", Stack: "test", Root: root,
		BaseImages: map[string]string{"python": "docker.io/library/python:3.11@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b"},
		Registry:   Registry{Retain: 20},
		Builds:     Builds{Parallel: 4},
		Images:     map[string]Image{"bot": {Parent: "python", Context: "images/bot", Dockerfile: "Dockerfile", Platform: "linux/amd64", MaxFileMiB: 50}},
		Network:    Network{CIDR: "10.20.0.0/16"},
		Hosts:      Hosts{Kind: "ec2", Failover: "none", InstanceType: "t3.small", Count: 1, MaxCount: 2, DiskGiB: 30},
		Services: map[string]Service{"bot": {
			Image: "bot", Replicas: 1, CPU: 256, Memory: 256, LogDays: 30, StartsPerDay: 20,
			Health:       Health{Command: []string{"check"}, Interval: 10, Timeout: 5, Retries: 3, StartPeriod: 30},
			ErrorPattern: defaultErrors,
		}},
		Alerts:       Alerts{Runbooks: "docs/runbooks.md"},
		ServicesText: `{"bot":{"cpu":256,"health":{"command":["check"]},"image":"bot","memory":256}}`,
		Warnings: []string{
			"botyard:alerts: nobody is told when something breaks; name at least one address in email, or a webhook's secret in discord or slack",
			`botyard:services.bot.image: "bot" does not start with the warden, so that a crash loop is not braked and a failed probe not told; declare the layer "warden" as Pulumi.prod.yaml does, add it to botyard:images.bot.uses, and make ENTRYPOINT ["/warden"] the last one of images/bot/Dockerfile`,
		},
	}, c)
	assert.Len(t, graph.Layers(), 1)
}

func TestDefaultsThatDependOnOthers(t *testing.T) {
	c, err := Load(source(t, project(t), small+`
hosts: {instanceType: t4g.small, count: 3}
database: {engineVersion: "16", initImage: bot}
`))
	require.NoError(t, err)
	assert.Equal(t, Hosts{Kind: "ec2", Failover: "none", InstanceType: "t4g.small", Count: 3, MaxCount: 4, DiskGiB: 30}, c.Hosts)
	assert.True(t, c.ARM("bot"))
	node, _ := c.Graph.Node("bot")
	assert.Equal(t, "linux/arm64", node.Platform)
	assert.Equal(t, &Database{EngineVersion: "16", InstanceClass: "db.t4g.micro", StorageGiB: 20, BackupDays: 7, Protect: true, InitImage: "bot"}, c.Database)
}

// TestEmptySections holds that {}, which is what Pulumi.yaml gives for an absent key, is none.
func TestEmptySections(t *testing.T) {
	c, err := Load(source(t, project(t), small+"database: {}\nedge: {}\nhosts: {}\nalerts: {}\ntags: {}\nextends: ''\nwithout: []\n"))
	require.NoError(t, err)
	assert.Nil(t, c.Database)
	assert.Nil(t, c.Edge)
	assert.Equal(t, "t3.small", c.Hosts.InstanceType)
}

// TestNullIsAbsent holds that null, at any depth, is the same as leaving the key out.
func TestNullIsAbsent(t *testing.T) {
	root := project(t)
	want, err := Load(source(t, root, small))
	require.NoError(t, err)
	got, err := Load(source(t, root, strings.Replace(small, "cpu: 256", "cpu: 256, port: null, environment: {A: null}", 1)+"edge: null\ndatabase: ''\n"))
	require.NoError(t, err)
	service := got.Services["bot"]
	assert.Empty(t, service.Environment)
	service.Environment = nil
	got.Services["bot"] = service
	got.ServicesText = want.ServicesText // an empty map stays one there
	assert.Equal(t, want, got)
}

func TestEverythingIsRead(t *testing.T) {
	c, err := load(t, project(t), "")
	require.NoError(t, err)
	assert.Empty(t, c.Warnings)
	assert.Equal(t, Service{
		Image: "bot", Singleton: true, LeaseSeconds: 15, StartsPerDay: 20, Replicas: 1, CPU: 256, Memory: 448, Port: &Port{Container: 5005, Host: 5005},
		Database: &ServiceDatabase{Name: "points", Access: AccessWrite}, Environment: map[string]string{"LEVEL": "info"},
		Secrets: map[string]string{"TOKEN": "token", "SHARED": "shared"}, Volumes: []Volume{{Name: "data", Path: "/data"}},
		Health:  Health{Command: []string{"python", "-m", "bot.health"}, Interval: 10, Timeout: 5, Retries: 3, StartPeriod: 30},
		LogDays: 14, ErrorPattern: defaultErrors,
	}, c.Services["bot"])
	assert.Equal(t, &Public{Path: "/*", HealthPath: "/healthz"}, c.Services["api"].Public)
	assert.Equal(t, []Grant{{"api", "points", "owner"}, {"bot", "points", "write"}}, c.Grants())
	assert.Equal(t, []string{"api", "bot"}, Names(c.Services))
	assert.Equal(t, "member_listener", Role("member-listener"))
	assert.Equal(t, []string{"bot", "init"}, c.Graph.Descendants("base"))
}

// TestAllErrorsAtOnce holds that decoding, validation, checks and the image graph report together, sorted.
func TestAllErrorsAtOnce(t *testing.T) {
	_, err := load(t, project(t), `
hosts: {kind: [], cpu: 1}
images: {bot: {context: nowhere}, base: {parent: snake}}
services: {bot: {cpu: "1", replicas: 2, image: nope}, "9": {image: bot, cpu: 256, memory: 256, health: {command: [x]}}}
network: {cidr: x}`)
	var paths []string
	for line := range strings.SplitSeq(err.Error(), "\n") {
		path, _, _ := strings.Cut(line, ": ")
		paths = append(paths, path)
	}
	assert.Equal(t, []string{
		"botyard:hosts.cpu", "botyard:hosts.kind", "botyard:images.base.parent", "botyard:images.bot.context", "botyard:network.cidr",
		"botyard:services.9", "botyard:services.bot.cpu", "botyard:services.bot.image", "botyard:services.bot.port.host", "botyard:services.bot.replicas",
	}, paths)
	var problem *Problem
	require.True(t, errors.As(err, &problem))
	assert.Equal(t, "botyard:hosts.cpu", problem.Path)
}

func TestStackName(t *testing.T) {
	s := source(t, project(t), small)
	s.Stack = "Prod_1"
	_, err := Load(s)
	assert.EqualError(t, err, "stack Prod_1: cannot be part of AWS names; name the stack with lower-case letters, digits and single hyphens, beginning with a letter, at most 32 characters")
}

func TestEncryptedSettingsAreRefused(t *testing.T) {
	s := source(t, project(t), small)
	s.Encrypted = []string{"services"}
	_, err := Load(s)
	assert.EqualError(t, err, "botyard:services: holds an encrypted value, which would be readable in the state; keep the value in Secrets Manager and name it under botyard:secrets")
}

// TestUnreadableFile holds that what is wrong with this machine, not with the settings, is no Problem.
func TestUnreadableFile(t *testing.T) {
	_, err := Load(source(t, filepath.Join(t.TempDir(), "gone"), small))
	require.ErrorIs(t, err, os.ErrNotExist)
	var problem *Problem
	assert.False(t, errors.As(err, &problem))
	assert.ErrorContains(t, err, "reading the images of stack test: ")
}

func TestWarnings(t *testing.T) {
	c, err := load(t, project(t), `
baseImages: {go: "docker.io/library/golang@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b"}
images: {spare: {parent: go, context: images/base}, trained: {parent: python, context: images/base, model: /model/a.json}}
secrets: {spare: {description: x}}
alerts: null
services: {api: {database: null}, bot: {database: null}}`)
	require.NoError(t, err)
	assert.Equal(t, []string{
		"botyard:alerts: nobody is told when something breaks; name at least one address in email, or a webhook's secret in discord or slack",
		"botyard:baseImages.go: no layer builds on it; remove it",
		"botyard:images.spare: no service runs it or a layer that needs it, but it is built all the same; remove it",
		"botyard:secrets.spare: no service uses it; remove it",
		"botyard:database: no service uses the database; remove it",
	}, c.Warnings[:5])
	c, err = load(t, project(t), fargate)
	require.NoError(t, err)
	assert.Equal(t, []string{"botyard:services.bot.volumes: on Fargate a volume is empty in each new task; keep data in the database or a bucket"}, c.Warnings)
	assert.True(t, c.Hosts.Fargate())
	assert.Equal(t, Hosts{Kind: "fargate", Failover: "none"}, c.Hosts)
}

// TestEveryStructValidates holds that no part of the settings is forgotten: each struct, even
// one that has nothing to check today, has a validate of its own.
func TestEveryStructValidates(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var visit func(reflect.Type)
	visit = func(kind reflect.Type) {
		switch kind.Kind() {
		case reflect.Pointer, reflect.Map, reflect.Slice:
			visit(kind.Elem())
		case reflect.Struct:
			if seen[kind] {
				return
			}
			seen[kind] = true
			assert.True(t, kind.Implements(reflect.TypeFor[validator]()), "%s has no validate(path, report)", kind)
			for i := range kind.NumField() {
				if key, _, _ := keyOf(kind.Field(i)); key != "" {
					visit(kind.Field(i).Type)
				}
			}
		}
	}
	visit(reflect.TypeFor[Config]())
	assert.Len(t, seen, 25)
}

// TestLongTexts holds the limits of length that no table can show.
func TestLongTexts(t *testing.T) {
	root := project(t)
	var tags []string
	for i := range 41 {
		tags = append(tags, fmt.Sprintf("t%d: x", i))
	}
	for patch, want := range map[string]string{
		"secrets: {token: {description: " + strings.Repeat("x", 2049) + "}}":                          "botyard:secrets.token.description: is too long; give at most 2048 characters",
		"tags: {fleet: null, " + strings.Join(tags, ", ") + "}":                                       "botyard:tags: 41 tags are too many; give at most 40",
		"tags: {fleet: " + strings.Repeat("ä", 257) + "}":                                             "botyard:tags.fleet: the value is too long; give at most 256 characters",
		"services: {api: {public: {path: /" + strings.Repeat("x", 128) + "}}}":                        `botyard:services.api.public.path: "/` + strings.Repeat("x", 128) + `" is no path pattern; give one such as /* or /api/*, at most 128 characters`,
		"services: {api: {database: {name: " + strings.Repeat("x", 64) + "}}, bot: {database: null}}": `botyard:services.api.database.name: "` + strings.Repeat("x", 64) + `" is no database name; use lower-case letters, digits and _, beginning with a letter, at most 63 characters`,
	} {
		_, err := load(t, root, patch)
		assert.EqualError(t, err, want)
	}
}
