package stack

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSecretsAsTheyAreDeclared(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	write("Pulumi.yaml", "name: yard\nruntime: go\n")
	write("Pulumi.prod.yaml", `config:
  aws:region: eu-west-1
  botyard:secrets:
    token: {description: x}
    team: {arn: "arn:aws:ssm:eu-west-1:1:parameter/team"}
    slack-url: {description: x}
  botyard:alerts: {email: [a@example.org], slack: slack-url, discord: null}
`)
	write("Pulumi.local.yaml", `config:
  aws:region: us-east-1
  botyard:extends: prod
  botyard:without: [alerts]
  botyard:secrets: {token: null, more: {description: x}}
`)
	prod, err := Secrets(dir, "prod")
	require.NoError(t, err)
	assert.Equal(t, Declared{
		Region: "eu-west-1", Alerts: []string{"slack-url"},
		Secrets: map[string]string{"token": "yard/prod/token", "team": "arn:aws:ssm:eu-west-1:1:parameter/team", "slack-url": "yard/prod/slack-url"},
	}, prod)
	local, err := Secrets(dir, "local")
	require.NoError(t, err)
	assert.Equal(t, Declared{
		Region:  "us-east-1",
		Secrets: map[string]string{"more": "yard/local/more", "team": "arn:aws:ssm:eu-west-1:1:parameter/team", "slack-url": "yard/local/slack-url"},
	}, local)
}

func TestTheCheckoutsOwnSecrets(t *testing.T) {
	prod, err := Secrets("../../..", "prod")
	require.NoError(t, err)
	assert.Equal(t, "botyard/prod/discord-token", prod.Secrets["discord-token"])
	assert.NotEmpty(t, prod.Region)
}
