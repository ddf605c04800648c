package status

import (
	"bytes"
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/outputs"
)

const (
	oldDigest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	newDigest = "sha256:9f2c1d04a7be44444444444444444444444444444444444444444444444444ff"
)

// cluster is an ECS that has the services and tasks given.
type cluster struct {
	services map[string]types.Service // by ARN
	tasks    map[string][]types.Task  // by service
}

func (c cluster) DescribeServices(_ context.Context, in *ecs.DescribeServicesInput, _ ...func(*ecs.Options)) (*ecs.DescribeServicesOutput, error) {
	out := &ecs.DescribeServicesOutput{}
	if service, ok := c.services[in.Services[0]]; ok {
		out.Services = append(out.Services, service)
	}
	return out, nil
}

func (c cluster) ListTasks(_ context.Context, in *ecs.ListTasksInput, _ ...func(*ecs.Options)) (*ecs.ListTasksOutput, error) {
	out := &ecs.ListTasksOutput{}
	for range c.tasks[*in.ServiceName] {
		out.TaskArns = append(out.TaskArns, *in.ServiceName)
	}
	return out, nil
}

func (c cluster) DescribeTasks(_ context.Context, in *ecs.DescribeTasksInput, _ ...func(*ecs.Options)) (*ecs.DescribeTasksOutput, error) {
	return &ecs.DescribeTasksOutput{Tasks: c.tasks[in.Tasks[0]]}, nil
}

func running(service string, health types.HealthStatus, digest string) types.Task {
	return types.Task{LastStatus: aws.String("RUNNING"), Containers: []types.Container{
		{Name: aws.String("sidecar"), HealthStatus: types.HealthStatusUnhealthy},
		{Name: aws.String(service), HealthStatus: health, ImageDigest: aws.String(digest)},
	}}
}

func fleet() (cluster, outputs.Outputs) {
	return cluster{
			services: map[string]types.Service{
				"arn:bot":  {Status: aws.String("ACTIVE"), DesiredCount: 1, RunningCount: 1},
				"arn:api":  {Status: aws.String("ACTIVE"), DesiredCount: 2, RunningCount: 1, PendingCount: 1},
				"arn:idle": {Status: aws.String("ACTIVE"), DesiredCount: 1, PendingCount: 1},
				"arn:gone": {Status: aws.String("INACTIVE")},
				"arn:wait": {Status: aws.String("ACTIVE"), DesiredCount: 1, RunningCount: 1},
			},
			tasks: map[string][]types.Task{
				"bot": {running("bot", types.HealthStatusHealthy, newDigest)},
				"api": {running("api", types.HealthStatusHealthy, oldDigest), running("api", types.HealthStatusUnhealthy, newDigest),
					{LastStatus: aws.String("STOPPED"), Containers: []types.Container{{Name: aws.String("api"), ImageDigest: aws.String(oldDigest)}}}},
			},
		}, outputs.Outputs{
			ServiceArns:    map[string]string{"bot": "arn:bot", "api": "arn:api", "idle": "arn:idle", "gone": "arn:gone"},
			StandbyArns:    map[string]string{"bot": "arn:wait", "idle": "arn:gone"},
			RunningDigests: map[string]string{"idle": oldDigest},
			HostPorts:      map[string]int{"bot": 5005}, PublicPaths: map[string]string{"api": "/*"}, PublicURL: "http://edge-1.elb.amazonaws.com",
		}
}

func TestRowsSayWhatECSSays(t *testing.T) {
	client, out := fleet()
	rows, err := Of(t.Context(), client, out, true)
	require.NoError(t, err)
	assert.Equal(t, []Service{
		{Name: "api", State: "degraded", Running: 1, Wanted: 2, Standby: "–", Health: "unhealthy", Address: "http://edge-1.elb.amazonaws.com/", Digest: "9f2c1d04a7be"},
		{Name: "bot", State: "running", Running: 1, Wanted: 1, Standby: "running", Health: "healthy", Address: "http://localhost:5005", Digest: "9f2c1d04a7be"},
		{Name: "gone", State: "missing", Standby: "–", Health: "–", Address: "–", Digest: "–"},
		{Name: "idle", State: "starting", Wanted: 1, Standby: "missing", Health: "–", Address: "–", Digest: "aaaaaaaaaaaa"},
	}, rows)

	assert.Equal(t, "api", Down(rows))
	assert.Equal(t, "gone", Down(rows[1:]))
	assert.Empty(t, Down(rows[1:2]))

	rows, err = Of(t.Context(), client, out, false)
	require.NoError(t, err)
	assert.Equal(t, "–", rows[1].Address, "a host port on AWS is no address of this machine")
}

func TestTheTableAndWhatToTryNext(t *testing.T) {
	client, out := fleet()
	rows, err := Of(t.Context(), client, out, true)
	require.NoError(t, err)
	var text bytes.Buffer
	require.NoError(t, Write(&text, rows))
	assert.Equal(t, `SERVICE  STATE         STANDBY  HEALTH     ADDRESS                           DIGEST
api      1/2 degraded  –        unhealthy  http://edge-1.elb.amazonaws.com/  9f2c1d04a7be
bot      1/1 running   running  healthy    http://localhost:5005             9f2c1d04a7be
gone     0/0 missing   –        –          –                                 –
idle     0/1 starting  missing  –          –                                 aaaaaaaaaaaa
`, text.String())

	text.Reset()
	out.PublicPaths = map[string]string{"leveling-api": "/*", "bot": "/webhooks/*"}
	Next(&text, out, "local", "http://localhost:4566")
	assert.Equal(t, `Try next:
  curl -s -H 'Host: edge-1.elb.amazonaws.com' http://localhost:4566/webhooks/rest/webhook -H 'Content-Type: application/json' -d '{"sender": "ada", "message": "hello"}'
  curl -s -H 'Host: edge-1.elb.amazonaws.com' http://localhost:4566/leaderboard
  make logs SERVICE=api
  make logs SERVICE=bot
  make logs SERVICE=gone
  make logs SERVICE=idle
  make down
`, text.String())

	text.Reset()
	out.PublicPaths = map[string]string{"chat": "/webhooks/*"}
	out.ServiceArns = map[string]string{"chat": "arn"}
	Next(&text, out, "wulu", "")
	assert.Equal(t, `Try next:
  curl -s http://edge-1.elb.amazonaws.com/webhooks/rest/webhook -H 'Content-Type: application/json' -d '{"sender": "ada", "message": "hello"}'
  make logs SERVICE=chat STACK=wulu
`, text.String())
}
