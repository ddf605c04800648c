package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/dev"
	"botyard/toolchain/internal/fake"
)

// source is the context of the service's image, and the answers of an ECS that has run it for long.
func source(t *testing.T) (folder string, answers map[string]string) {
	t.Helper()
	folder = t.TempDir()
	require.NoError(t, os.Chmod(folder, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "a.py"), nil, 0o644))
	return folder, map[string]string{
		"DescribeServices":         `{"services": [` + strings.ReplaceAll(service, `"deployments"`, `"loadBalancers": [], "deployments"`) + `]}`,
		"DescribeTaskDefinition":   `{"taskDefinition": {"family": "api", "containerDefinitions": [{"name": "api", "environment": [{"name": "WARDEN_TABLE", "value": "t"}]}]}}`,
		"ListTasks":                `{"taskArns": ["arn:t"]}`,
		"DescribeTasks":            `{"tasks": [{"taskArn": "arn:t", "lastStatus": "RUNNING"}]}`,
		"RegisterTaskDefinition":   `{"taskDefinition": {"taskDefinitionArn": "api:1"}}`, // as if it ran at once
		"UpdateService":            `{"service": ` + service + `}`,
		"DeregisterTaskDefinition": `{}`,
		"FilterLogEvents":          `{"events": [{"eventId": "1", "timestamp": 4102444800000, "message": "hello"}]}`,
	}
}

// docker stands for an engine whose container has the files of a tar archive made from a folder.
func docker(t *testing.T, folder string) {
	t.Helper()
	programs := fake.New(t)
	require.NoError(t, os.Symlink("/bin/tar", filepath.Join(programs.Dir, "tar")))
	programs.Add(t, "docker", `case "$1" in ps) echo c0ffee;; inspect) echo /app;; cp) tar -C `+folder+` -c --transform 's,^\.,app,' .;; esac`)
}

func TestASourceRunsUntilItIsLeft(t *testing.T) {
	folder, answers := source(t)
	c := account(t, answers)
	docker(t, folder)
	note := filepath.Join(t.TempDir(), "dev.json")
	ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
	defer cancel()
	printed, err := calledIn(ctx, devCommand(), "--outputs", outputsFile(t), "--service", "api", "--note", note, "--source", folder, "--shown", "images/api")
	require.NoError(t, err)
	const line = "2100-01-01T00:00:00.000Z hello\n"
	assert.Equal(t, 1, strings.Count(printed, line), "the log's line, which may come before what is said beside it")
	assert.Equal(t, `
api runs from images/api, mounted on /app: save a file there, and it is started anew with it.
Ctrl-C puts the deployed image back. Until then this is its log:


… putting api back
api was left as it is deployed
`, strings.Replace(printed, line, "", 1))
	assert.NoFileExists(t, note)
	var changed []string
	for _, request := range c.requests {
		if operation, _, _ := strings.Cut(request, " "); strings.HasPrefix(operation, "Register") || strings.HasPrefix(operation, "Update") || strings.HasPrefix(operation, "Deregister") {
			changed = append(changed, operation)
		}
	}
	assert.Equal(t, []string{"RegisterTaskDefinition", "UpdateService", "UpdateService", "DeregisterTaskDefinition"}, changed)
}

func TestANoteStaysUntilItIsTakenBack(t *testing.T) {
	folder, answers := source(t)
	delete(answers, "UpdateService")
	account(t, answers)
	docker(t, folder)
	path := filepath.Join(t.TempDir(), "dev.json")
	_, err := called(t, devCommand(), "", "--outputs", outputsFile(t), "--service", "api", "--note", path, "--source", folder, "--shown", "images/api")
	require.ErrorContains(t, err, "api cannot be run from its source: ")
	require.ErrorContains(t, err, "api cannot be put back on api:1: ")
	require.ErrorContains(t, err, ". Right would be make up, which tries again")
	note, err := dev.Read(path)
	require.NoError(t, err)
	assert.Equal(t, []string{"api", "images/api", "api:1"}, []string{note.Service, note.Source, note.Revision})

	c := account(t, map[string]string{"DescribeServices": answers["DescribeServices"], "UpdateService": `{"service": ` + service + `}`, "DeregisterTaskDefinition": `{}`})
	printed, err := called(t, devCommand(), "", "--put-back", "--outputs", outputsFile(t), "--note", path)
	require.NoError(t, err)
	assert.Equal(t, "\n… putting api back\napi was left as it is deployed\n", printed)
	assert.NoFileExists(t, path)
	before := len(c.requests)
	_, err = called(t, devCommand(), "", "--put-back", "--outputs", outputsFile(t), "--note", path)
	require.NoError(t, err)
	assert.Len(t, c.requests, before, "nothing is left to do")
}

func TestNothingIsChangedForASourceThatDoesNotFit(t *testing.T) {
	folder, answers := source(t)
	c := account(t, answers)
	docker(t, t.TempDir())
	path := filepath.Join(t.TempDir(), "dev.json")
	_, err := called(t, devCommand(), "", "--outputs", outputsFile(t), "--service", "api", "--note", path, "--source", folder, "--shown", "images/api")
	require.ErrorContains(t, err, "where the source goes cannot be told: ")
	assert.NoFileExists(t, path)
	for _, request := range c.requests {
		assert.NotRegexp(t, "^(Update|Register)", request)
	}
}

func TestWhatTheMountHidesIsSaid(t *testing.T) {
	assert.Empty(t, lost(dev.Mount{}))
	assert.Equal(t, "Warning: the image has in /app what the source has not: a, b, c, d, e and 1 more. Meanwhile it is missing; if it is generated, make it in the source, too, or in the image outside of /app.",
		lost(dev.Mount{Path: "/app", Lost: []string{"a", "b", "c", "d", "e", "f"}}))
}

func TestStatusTellsOfASource(t *testing.T) {
	account(t, map[string]string{"DescribeServices": `{"services": [` + service + `]}`, "ListTasks": `{"taskArns": []}`})
	path := filepath.Join(t.TempDir(), "dev.json")
	require.NoError(t, dev.Note{Service: "api", Source: "images/api", Own: dev.Own{ARN: "a", TaskDefinition: "b"}}.Write(path))
	printed, err := called(t, statusCommand(), "", "--json", "--outputs", outputsFile(t), "--gateway", "http://localhost:4566", "--note", path)
	require.NoError(t, err)
	var r struct {
		Services []struct{ Service, Source string }
	}
	require.NoError(t, json.Unmarshal([]byte(printed), &r))
	assert.Equal(t, "images/api", r.Services[0].Source)
}
