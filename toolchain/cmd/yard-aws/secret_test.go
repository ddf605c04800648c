package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// cloud answers the AWS SDK as AWS would, and keeps every request.
type cloud struct {
	mu       sync.Mutex
	requests []string // operation, query, headers and body
	answers  map[string]string
}

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests = append(c.requests, fmt.Sprintln(operation, r.URL, r.Header, string(body)))
	answer, ok := c.answers[operation]
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if !ok {
		w.WriteHeader(http.StatusBadRequest)
		answer = `{"__type": "ResourceNotFoundException", "message": "` + operation + `"}`
	}
	fmt.Fprint(w, answer)
}

// account makes the SDK talk to a cloud.
func account(t *testing.T, answers map[string]string) *cloud {
	t.Helper()
	c := &cloud{answers: answers}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	for key, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_SESSION_TOKEN": "",
		"AWS_PROFILE": "", "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(key, value)
	}
	return c
}

const service = `{"serviceArn": "arn:aws:ecs:us-east-1:1:service/c/api", "serviceName": "api", "taskDefinition": "api:1", "desiredCount": 1, "runningCount": 1,
	"deployments": [{"id": "new", "status": "PRIMARY", "rolloutState": "COMPLETED"}]}`

func outputsFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "outputs.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"region": "us-east-1", "clusterArn": "arn:aws:ecs:us-east-1:1:cluster/c", "secretArns": {"token": "arn:secret"},
		"serviceArns": {"api": "arn:aws:ecs:us-east-1:1:service/c/api"}, "logGroups": {"api": "/g"}}`), 0o644))
	return file
}

// called runs a command with that standard input; all that it prints comes back.
func called(t *testing.T, cmd *cobra.Command, stdin string, args ...string) (printed string, err error) {
	t.Helper()
	cmd.SetIn(strings.NewReader(stdin))
	return calledIn(t.Context(), cmd, args...)
}

// calledIn runs a command for as long as ctx.
func calledIn(ctx context.Context, cmd *cobra.Command, args ...string) (printed string, err error) {
	var out safe
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	err = cmd.ExecuteContext(ctx)
	return out.text.String(), err
}

// safe collects what several goroutines print.
type safe struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *safe) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

// TestTheValueIsInOneRequestOnly looks for it in all that leaves the process: requests with their headers, what is printed,
// arguments and environment as the kernel shows them to others.
func TestTheValueIsInOneRequestOnly(t *testing.T) {
	const canary = "c4n4ry-v4lue"
	for _, refused := range []bool{false, true} {
		c := account(t, map[string]string{
			"DescribeServices":       `{"services": [` + service + `]}`,
			"DescribeTaskDefinition": `{"taskDefinition": {"containerDefinitions": [{"name": "api", "secrets": [{"name": "T", "valueFrom": "arn:secret"}]}]}}`,
			"UpdateService":          `{"service": ` + service + `}`,
			"PutSecretValue":         `{"VersionId": "abcd1234-0000-4000-8000-000000000000"}`,
		})
		if refused {
			delete(c.answers, "PutSecretValue")
		}
		printed, err := called(t, secretCommand(), canary+"\n", "--outputs", outputsFile(t), "--stack", "prod", "--name", "token", "--declared", "token=x")
		if refused {
			require.ErrorContains(t, err, "token was not set: ")
			printed += err.Error()
		} else {
			require.NoError(t, err)
			assert.Equal(t, "token: set (version abcd1234); restarted: api\n", printed)
		}
		with := 0
		for _, request := range c.requests {
			if strings.Contains(request, canary) {
				with++
				assert.True(t, strings.HasPrefix(request, "PutSecretValue "), request)
			}
		}
		assert.Equal(t, 1, with)
		assert.NotContains(t, printed, canary)
		for _, shown := range []string{"/proc/self/cmdline", "/proc/self/environ"} {
			text, err := os.ReadFile(shown)
			require.NoError(t, err)
			assert.NotContains(t, string(text), canary)
		}
		for _, variable := range os.Environ() {
			assert.NotContains(t, variable, canary)
		}
	}
}

func TestASecretBeforeTheFirstUpdateHasEnded(t *testing.T) {
	c := account(t, map[string]string{"PutSecretValue": `{"VersionId": "abcd1234-0000"}`})
	empty := filepath.Join(t.TempDir(), "outputs.json")
	require.NoError(t, os.WriteFile(empty, []byte(`{}`), 0o644))
	for _, file := range []string{"", empty} {
		printed, err := called(t, secretCommand(), "v", "--outputs", file, "--region", "eu-west-1", "--stack", "prod", "--name", "token", "--declared", "token=botyard/prod/token")
		require.NoError(t, err)
		assert.Equal(t, "token: set (version abcd1234); the stack has no services yet, which get it when they start\n", printed)
		last := c.requests[len(c.requests)-1]
		assert.Contains(t, last, `"SecretId":"botyard/prod/token"`)
		assert.Contains(t, last, "/eu-west-1/secretsmanager/")
	}
}

func TestAnUnknownSecretIsNotAskedFor(t *testing.T) {
	c := account(t, nil)
	_, err := called(t, secretCommand(), "v", "--outputs", outputsFile(t), "--stack", "prod", "--name", "tokn")
	require.EqualError(t, err, `there is no secret "tokn" in stack prod; it has token; did you mean token?`)
	assert.Empty(t, c.requests)
}

func TestTheTableOfSecrets(t *testing.T) {
	account(t, map[string]string{
		"DescribeServices":       `{"services": [` + service + `]}`,
		"DescribeTaskDefinition": `{"taskDefinition": {"containerDefinitions": [{"name": "api"}]}}`,
		"ListSecretVersionIds":   `{"Versions": []}`,
	})
	printed, err := called(t, secretsCommand(), "", "--outputs", outputsFile(t), "--stack", "prod", "--alerts", "token")
	require.NoError(t, err)
	assert.Equal(t, "NAME   SET           ROTATED  USED BY\ntoken  no value yet  –        the alerts\n"+
		"No value yet, so an update stops before services that use it: token. Right would be make secret NAME=token STACK=prod\n", printed)
}
