package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/docker/cli/cli/config"
	"github.com/moby/buildkit/session/auth"
	"github.com/moby/moby/api/types/registry"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRegistryKey(t *testing.T) {
	for name, want := range map[string]string{
		"docker.io": hubKey, "https://index.docker.io/v1/": hubKey, "registry-1.docker.io": hubKey, "": hubKey,
		"localhost:4566": "localhost:4566", "http://localhost:4566/": "localhost:4566",
		"123.dkr.ecr.eu-west-1.amazonaws.com/bot": "123.dkr.ecr.eu-west-1.amazonaws.com",
	} {
		assert.Equal(t, want, registryKey(name), name)
	}
}

// dockerLogin leaves a login as docker login does.
func dockerLogin(t *testing.T, server, username, password string) {
	t.Helper()
	dir := t.TempDir()
	text := fmt.Sprintf(`{"auths":{%q:{"auth":%q}}}`, server, base64.StdEncoding.EncodeToString([]byte(username+":"+password)))
	require.NoError(t, os.WriteFile(filepath.Join(dir, config.ConfigFileName), []byte(text), 0o600))
	before := config.Dir()
	config.SetDir(dir)
	t.Cleanup(func() { config.SetDir(before) })
}

func TestLoginsOfTheProgramComeBeforeThoseOfTheMachine(t *testing.T) {
	dockerLogin(t, "ecr.test", "machine", "m-password")
	in := &imageInputs{imageName: "localhost:4566/bot:1", registry: registryInputs{username: "AWS", password: "p-password"}}
	all := in.logins(logins{"other.test": {Username: "o"}})

	own, err := all.find("localhost:4566")
	require.NoError(t, err)
	assert.Equal(t, registry.AuthConfig{Username: "AWS", Password: "p-password", ServerAddress: "localhost:4566"}, own)
	machine, err := all.find("ecr.test")
	require.NoError(t, err)
	assert.Equal(t, "machine", machine.Username)
	assert.Equal(t, "m-password", machine.Password)
	none, err := all.find("nowhere.test")
	require.NoError(t, err)
	assert.Empty(t, none.Username)
	assert.Equal(t, "o", all["other.test"].Username)
}

func TestHalfALoginIsNone(t *testing.T) {
	l := logins{}
	l.add("localhost:4566", "AWS", "")
	l.add("localhost:4566", "", "p")
	assert.Empty(t, l)
}

func TestAuthServerAnswersForTheServerAskedFor(t *testing.T) {
	dockerLogin(t, hubKey, "hub", "h-password")
	server := authServer{logins: logins{"ecr.test": {Username: "AWS", Password: "e-password"}, "token.test": {IdentityToken: "t"}}}
	for host, want := range map[string]*auth.CredentialsResponse{
		"ecr.test":             {Username: "AWS", Secret: "e-password"},
		"token.test":           {Secret: "t"},
		"registry-1.docker.io": {Username: "hub", Secret: "h-password"},
		"nowhere.test":         {},
	} {
		got, err := server.Credentials(t.Context(), &auth.CredentialsRequest{Host: host})
		require.NoError(t, err)
		assert.Equal(t, want.GetUsername(), got.GetUsername(), host)
		assert.Equal(t, want.GetSecret(), got.GetSecret(), host)
	}
}
