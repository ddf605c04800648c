package config

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	jsonpatch "github.com/evanphx/json-patch/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// good is a valid stack that uses every key. Tests change one thing of it.
const good = `
tags: {fleet: test}
baseImages: {python: "docker.io/library/python:3.11@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b"}
registry: {retain: 5, address: ""}
builds: {parallel: 2}
images:
  base: {parent: python, context: images/base, dockerfile: Dockerfile, args: {A: "1"}, platform: linux/amd64}
  bot: {parent: base, uses: [warden], context: images/bot}
  init: {parent: base, context: images/base}
  warden: {parent: python, context: images/base}
warden: warden
network: {cidr: 10.1.0.0/16, flowLogs: true}
hosts: {kind: ec2, instanceType: t3.small, count: 1, maxCount: 2, diskGiB: 30}
database:
  {engineVersion: "15", instanceClass: db.t4g.micro, storageGiB: 20, backupDays: 7, backupWindow: "03:00-04:00",
   maintenanceWindow: "sun:04:30-sun:05:30", multiZone: false, protect: true, initImage: init}
secrets: {token: {description: The token}, shared: {arn: "arn:aws:ssm:us-east-1:123456789012:parameter/shared"}}
services:
  api:
    {image: bot, replicas: 1, cpu: 256, memory: 256, port: {container: 8000}, public: {path: /*, healthPath: /healthz},
     database: {name: points, access: owner}, before: [migrate], command: [serve], health: {command: [check]}}
  bot:
    {image: bot, singleton: true, cpu: 256, memory: 448, port: {container: 5005, host: 5005}, logDays: 14,
     database: {name: points, access: write}, environment: {LEVEL: info}, secrets: {TOKEN: token, SHARED: shared},
     volumes: [{name: data, path: /data}],
     health: {command: [python, -m, bot.health], interval: 10, timeout: 5, retries: 3, startPeriod: 30}}
edge: {domain: bots.example.org, zone: example.org}
alerts: {email: [ops@example.org]}
delivery:
  {repository: acme/bots, provider: false, state: "arn:aws:s3:::acme-state",
   key: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"}
`

// project is a folder with the images that good names.
func project(t testing.TB) string {
	t.Helper()
	root := t.TempDir()
	writeFile(t, root, "images/base/Dockerfile", "FROM ${PARENT}\n")
	writeFile(t, root, "images/bot/Dockerfile", "FROM ${PARENT}\nENTRYPOINT [\"/warden\"]\n")
	return root
}

func writeFile(t testing.TB, root, name, text string) {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
}

// source is the settings of a YAML text as Pulumi would hand them over.
func source(t testing.TB, root, text string) Source {
	t.Helper()
	var all map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &all))
	return sourceOf(t, root, all)
}

func sourceOf(t testing.TB, root string, all map[string]any) Source {
	t.Helper()
	values := map[string]string{}
	for key, value := range all {
		if plain, ok := value.(string); ok {
			values[key] = plain
			continue
		}
		encoded, err := json.Marshal(value)
		require.NoError(t, err)
		values[key] = string(encoded)
	}
	return Source{Project: "botyard", Stack: "test", Root: root, Values: values}
}

// changed is good with YAML merge patches laid over it, one after the other, parted by "---".
func changed(t testing.TB, patch string) string {
	t.Helper()
	asJSON := func(text string) []byte {
		var value map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(text), &value))
		if value == nil {
			value = map[string]any{}
		}
		encoded, err := json.Marshal(value)
		require.NoError(t, err)
		return encoded
	}
	merged := asJSON(good)
	for each := range strings.SplitSeq(patch, "\n---\n") {
		var err error
		merged, err = jsonpatch.MergePatch(merged, asJSON(each))
		require.NoError(t, err)
	}
	return string(merged) // JSON is YAML
}

// load is what Load makes of good with a change.
func load(t testing.TB, root, patch string) (*Config, error) {
	t.Helper()
	return Load(source(t, root, changed(t, patch)))
}

// badCase is good with one change that is refused.
type badCase struct{ name, patch, want string }

func assertRefused(t *testing.T, root string, cases []badCase) {
	t.Helper()
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			c, err := load(t, root, test.patch)
			assert.Nil(t, c)
			require.Error(t, err)
			want := strings.ReplaceAll("botyard:"+test.want, "\n", "\nbotyard:")
			assert.Equal(t, want, err.Error())
		})
	}
}
