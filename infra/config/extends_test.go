package config

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// prodFile writes good as Pulumi.prod.yaml.
func prodFile(t *testing.T, root string, more string) {
	t.Helper()
	text := "config:\n  aws:region: us-east-1\n"
	for line := range strings.SplitSeq(strings.TrimSpace(good), "\n") {
		if !strings.HasPrefix(line, " ") {
			line = "botyard:" + line
		}
		text += "  " + line + "\n"
	}
	writeFile(t, root, "Pulumi.prod.yaml", text+more)
}

func TestExtends(t *testing.T) {
	root := project(t)
	prodFile(t, root, "")
	c, err := Load(source(t, root, `
extends: prod
without: [edge]
baseImages: {python: "botyard/python:3.11"}
registry: {address: "localhost:4566"}
database: {protect: false, backupDays: 0, backupWindow: null}
services: {bot: {secrets: {TOKEN: null}, command: [local]}, api: null}
services-are: merged
`))
	assert.Nil(t, c)
	assert.EqualError(t, err, `botyard:services-are: unknown key; use one of alarms, alerts, approvals, baseImages, budget, builds, database, delivery, edge, extends, hosts, images, models, network, registry, release, scan, secrets, services, tags, warden, without
botyard:services.bot.database.access: nobody owns the database "points", so that its tables are never made; give one of its services (bot) the access owner`)

	c, err = Load(source(t, root, `
extends: prod
without: [edge]
baseImages: {python: "botyard/python:3.11"}
registry: {address: "localhost:4566"}
database: {protect: false, backupDays: 0, backupWindow: null}
services: {bot: {secrets: {TOKEN: null}, command: [local]}}
`))
	require.NoError(t, err)
	assert.Equal(t, "prod", c.Extends)
	assert.Nil(t, c.Edge)
	assert.Equal(t, map[string]string{"python": "botyard/python:3.11"}, c.BaseImages)
	assert.Equal(t, Registry{Retain: 5, Address: "localhost:4566"}, c.Registry)
	assert.Equal(t, "", c.Database.BackupWindow)
	assert.Equal(t, "sun:04:30-sun:05:30", c.Database.MaintenanceWindow)
	assert.False(t, c.Database.Protect)
	bot := c.Services["bot"]
	assert.Equal(t, map[string]string{"SHARED": "shared"}, bot.Secrets)
	assert.Equal(t, []string{"local"}, bot.Command)
	assert.Equal(t, 448, bot.Memory)
	assert.Equal(t, []string{"botyard:secrets.token: no service uses it; remove it"}, c.Warnings)
}

func TestExtendsErrors(t *testing.T) {
	for name, test := range map[string]struct{ file, own, want string }{
		"no such stack":                    {"", "extends: prd", `botyard:extends: there is no file Pulumi.prd.yaml; did you mean "prod"?`},
		"no name":                          {"", "extends: ../prod", `botyard:extends: "../prod" is no stack's name; name a stack, such as prod`},
		"a second level":                   {"  botyard:extends: base\n", "extends: prod", `botyard:extends: stack prod itself extends another; extend that one, since a chain of files hides what holds`},
		"unknown without":                  {"", "extends: prod\nwithout: [egde]", `botyard:without[0]: the extended stack has no key "egde"; did you mean "edge"?`},
		"without no text":                  {"", "extends: prod\nwithout: [1]", `botyard:without[0]: is the number 1; put it in quotes ("1")`},
		"broken file":                      {"  - x\n", "extends: prod\nwithout: []\n" + small, `botyard:extends: Pulumi.prod.yaml cannot be read: yaml: line 1: did not find expected key; correct it`},
		"encrypted value that is replaced": {"  more: {secure: v1:abc}\n", "extends: prod\nwithout: [more]", ""},
		"encrypted value that holds": {"  more:\n    secure: v1:abc\n", "extends: prod",
			"botyard:more: is encrypted in Pulumi.prod.yaml, which this stack cannot read; set it in this stack too"},
	} {
		t.Run(name, func(t *testing.T) {
			root := project(t)
			prodFile(t, root, "")
			if test.file != "" {
				prodFile(t, root, test.file)
			}
			_, err := Load(source(t, root, test.own))
			if test.want == "" {
				assert.NoError(t, err)
				return
			}
			require.Error(t, err)
			lines := strings.Split(err.Error(), "\n")
			assert.Contains(t, lines, test.want)
		})
	}
}

func TestStackFileKeys(t *testing.T) {
	values, err := parseStackFile([]byte("config:\n  aws:region: x\n  botyard:a: 1\n  b: {1: x, y: [{2: z}]}\n"))
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b"}, Names(values))
	assert.Equal(t, map[string]any{"1": "x", "y": []any{map[string]any{"2": "z"}}}, values["b"])
	values, err = parseStackFile(nil)
	require.NoError(t, err)
	assert.Empty(t, values)
	_, err = parseStackFile([]byte("config: {a: .nan}"))
	assert.Error(t, err)
}
