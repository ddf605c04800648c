package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/setup"
	"botyard/toolchain/internal/stack"
)

func TestWhatIsMissingIsSaidBeforeAnythingIsSetUp(t *testing.T) {
	for want, cmd := range map[string]func() (*cobra.Command, []string){
		"which service? name it: make restart SERVICE=bot":                                                func() (*cobra.Command, []string) { return restartCommand(), nil },
		"which service? name it: make exec SERVICE=bot":                                                   func() (*cobra.Command, []string) { return execCommand(), nil },
		"which service? name it: make run SERVICE=bot":                                                    func() (*cobra.Command, []string) { return runCommand(), []string{"--command", "x"} },
		`which command? right would be: make run SERVICE=leveling-api CMD="python manage.py check"`:       func() (*cobra.Command, []string) { return runCommand(), []string{"--service", "bot"} },
		`how many copies? "" is no number; right would be: make scale SERVICE=leveling-api REPLICAS=2`:    func() (*cobra.Command, []string) { return scaleCommand(), []string{"--service", "bot"} },
		`how many copies? "two" is no number; right would be: make scale SERVICE=leveling-api REPLICAS=2`: func() (*cobra.Command, []string) { return scaleCommand(), []string{"--replicas", "two"} },
		"which service? name it: make dev SERVICE=bot":                                                    func() (*cobra.Command, []string) { return devCommand(), nil },
		"make dev mounts folders of this machine, so it is for stack local; stack prod gets code by an update alone": func() (*cobra.Command, []string) {
			return devCommand(), []string{"--service", "bot", "--stack", "prod"}
		},
		"which secret? name it: make secret NAME=discord-token; make secrets lists them": func() (*cobra.Command, []string) { return secretCommand(), nil },
		`unknown command "value" for "secret"`:                                           func() (*cobra.Command, []string) { return secretCommand(), []string{"--name", "x", "value"} },
	} {
		command, args := cmd()
		command.SetArgs(args)
		command.SilenceUsage, command.SilenceErrors = true, true
		require.EqualError(t, command.Execute(), want)
	}
}

func TestBecomingYardAWSPassesAllOn(t *testing.T) {
	const helper = "BOTYARD_TEST_BECOME"
	if script := os.Getenv(helper); script != "" { // what the test below runs
		t.Fatal(become(setup.Ready{AWS: script}, target{name: "prod"}, []string{"run", "--command", `a "b  c" $HOME '`}))
	}
	script := filepath.Join(t.TempDir(), "yard-aws")
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\nprintf '[%s]' \"$@\"\ncat\nexit 7\n"), 0o755))
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), helper+"="+script)
	var out bytes.Buffer
	cmd.Stdin, cmd.Stdout = bytes.NewBufferString("a value"), &out
	var exit *exec.ExitError
	require.ErrorAs(t, cmd.Run(), &exit)
	assert.Equal(t, 7, exit.ExitCode())
	assert.Equal(t, `[run][--command][a "b  c" $HOME ']a value`, out.String())
}

func TestSecretsAreToldAsDeclared(t *testing.T) {
	args := secretArgs("secrets", "prod", "/o.json", stack.Declared{
		Region: "eu-west-1", Alerts: []string{"discord", "slack"}, Secrets: map[string]string{"token": "botyard/prod/token"},
	})
	assert.Equal(t, []string{"secrets", "--outputs", "/o.json", "--stack", "prod", "--region", "eu-west-1", "--alerts", "discord,slack", "--declared", "token=botyard/prod/token"}, args)
}

func TestAComparisonThatFailed(t *testing.T) {
	failed := errors.New("pulumi failed: exit status 255")
	assert.Same(t, failed, whyFailed("prod", failed, nil))
	require.EqualError(t, whyFailed("prod", failed, []string{"error: one", "error: two"}), "stack prod cannot be compared:\nerror: one\nerror: two")
	assert.Equal(t, 2, int(differs))
}
