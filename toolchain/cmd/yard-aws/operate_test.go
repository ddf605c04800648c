package main

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/fake"
	"botyard/toolchain/internal/operate"
)

func TestARestartIsTold(t *testing.T) {
	account(t, map[string]string{
		"DescribeServices":       `{"services": [` + service + `]}`,
		"DescribeTaskDefinition": `{"taskDefinition": {"containerDefinitions": [{"name": "api"}]}}`,
		"UpdateService":          `{"service": ` + service + `}`,
	})
	printed, err := called(t, restartCommand(), "", "--outputs", outputsFile(t), "--service", "api")
	require.NoError(t, err)
	assert.Equal(t, "api: restarted in 0 s\n", printed)
}

func TestAScalingIsToldWithWhatBecomesOfIt(t *testing.T) {
	account(t, map[string]string{
		"DescribeServices":       `{"services": [` + service + `]}`,
		"DescribeTaskDefinition": `{"taskDefinition": {"containerDefinitions": [{"name": "api"}]}}`,
		"UpdateService":          `{"service": ` + service + `}`,
		"ListTasks":              `{"taskArns": ["arn:t"]}`,
		"DescribeTasks":          `{"tasks": [{"taskArn": "arn:t", "lastStatus": "RUNNING"}]}`,
	})
	printed, err := called(t, scaleCommand(), "", "--outputs", outputsFile(t), "--service", "api", "--replicas", "1", "--stack", "prod")
	require.NoError(t, err)
	assert.Equal(t, "api: 1 copies, before 1\nWarning: Pulumi does not know of this. make drift shows it, and an update with a refresh, or with any change of how many there are, takes it back. "+
		"To keep it: services.api.replicas: 1 in Pulumi.prod.yaml.\n", printed)
	assert.Contains(t, kept("prod", "api", 0), "To keep it off, take services.api out of Pulumi.prod.yaml; its file has no 0.")

	_, err = called(t, scaleCommand(), "", "--outputs", outputsFile(t), "--service", "api")
	require.EqualError(t, err, "api was to have -1 copies; right would be 0 to 100", "none is no number of copies")
}

func TestACommandsExitCodeIsOurs(t *testing.T) {
	c := account(t, map[string]string{
		"DescribeServices":       `{"services": [` + service + `]}`,
		"DescribeTaskDefinition": `{"taskDefinition": {"containerDefinitions": [{"name": "api"}]}}`,
		"RunTask":                `{"tasks": [{"taskArn": "arn:t/1"}]}`,
		"DescribeTasks":          `{"tasks": [{"taskArn": "arn:t/1", "lastStatus": "STOPPED", "containers": [{"name": "api", "exitCode": 3}]}]}`,
		"FilterLogEvents":        `{"events": [{"eventId": "1", "timestamp": 4102444800000, "message": "hello"}]}`,
	})
	printed, err := called(t, runCommand(), "", "--outputs", outputsFile(t), "--service", "api", "--command", `python -c 'print("a  b")'`)
	var code exitCode
	require.ErrorAs(t, err, &code)
	assert.Equal(t, 3, int(code))
	assert.Equal(t, "2100-01-01T00:00:00.000Z hello\n… exit code 3\n", printed)
	ran := ""
	for _, request := range c.requests {
		if request[:8] == "RunTask " {
			ran = request
		}
	}
	assert.Contains(t, ran, `"command":["python","-c","print(\"a  b\")"]`)

	_, err = called(t, runCommand(), "", "--command", "a 'b")
	require.EqualError(t, err, "the command has a ' without its end: 'b")
}

var place = operate.Place{Cluster: "arn:c", Task: "arn:t/1", Container: "bot"}

func TestEnteringAContainerHere(t *testing.T) {
	programs := fake.New(t)
	programs.Add(t, "docker", `[ "$1" = ps ] && echo c0ffee; exit 0`)
	args, err := inDocker(t.Context(), place, "", true)
	require.NoError(t, err)
	assert.Equal(t, []string{"docker", "exec", "-it", "c0ffee", "sh"}, args)
	args, err = inDocker(t.Context(), place, `python -c 'print(1)'`, false)
	require.NoError(t, err)
	assert.Equal(t, []string{"docker", "exec", "-i", "c0ffee", "python", "-c", "print(1)"}, args)
	assert.Equal(t, []string{
		"docker ps --quiet --no-trunc --filter label=com.amazonaws.ecs.task-arn=arn:t/1 --filter label=com.amazonaws.ecs.container-name=bot",
		"docker exec c0ffee sh -c exit 0",
		"docker ps --quiet --no-trunc --filter label=com.amazonaws.ecs.task-arn=arn:t/1 --filter label=com.amazonaws.ecs.container-name=bot",
	}, programs.Calls(t))
}

func TestAnImageWithoutAShell(t *testing.T) {
	programs := fake.New(t)
	programs.Add(t, "docker", `[ "$1" = ps ] && echo c0ffee && exit 0; exit 127`)
	_, err := inDocker(t.Context(), place, " ", true)
	require.EqualError(t, err, `the image of bot has no shell; right would be a program that it has: make exec SERVICE=bot CMD="python"`)

	programs.Add(t, "docker", `[ "$1" = ps ] && echo c0ffee && exit 0; exit 1`)
	_, err = inDocker(t.Context(), place, "", true)
	require.EqualError(t, err, "docker exec c0ffee sh -c exit 0 failed: exit status 1")

	programs.Add(t, "docker", "exit 0")
	_, err = inDocker(t.Context(), place, "", true)
	require.EqualError(t, err, "one running container bot of task arn:t/1 was expected on this machine, Docker has 0")
}

func TestEnteringAContainerOnAWS(t *testing.T) {
	programs := fake.New(t)
	_, err := remotely(place, "", "us-east-1")
	require.EqualError(t, err, "ECS Exec needs what is not on PATH here; install the AWS CLI (https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html)"+
		" and its Session Manager plugin (https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html)")
	programs.Add(t, "aws", "")
	_, err = remotely(place, "", "us-east-1")
	require.EqualError(t, err, "ECS Exec needs what is not on PATH here; install its Session Manager plugin (https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html)")
	programs.Add(t, "session-manager-plugin", "")
	for command, want := range map[string]string{"": "sh", `python -c 'print(1)'`: `python -c 'print(1)'`} {
		args, err := remotely(place, command, "us-east-1")
		require.NoError(t, err)
		assert.Equal(t, []string{"aws", "ecs", "execute-command", "--region", "us-east-1", "--cluster", "arn:c", "--task", "arn:t/1", "--container", "bot",
			"--interactive", "--command", want}, args)
	}
}

// bus is an EventBridge that refuses if the test says so.
type bus struct {
	put    []types.PutEventsRequestEntry
	refuse bool
	err    error
}

func (b *bus) PutEvents(_ context.Context, in *eventbridge.PutEventsInput, _ ...func(*eventbridge.Options)) (*eventbridge.PutEventsOutput, error) {
	b.put = append(b.put, in.Entries...)
	if b.refuse {
		return &eventbridge.PutEventsOutput{FailedEntryCount: 1, Entries: []types.PutEventsResultEntry{{ErrorCode: aws.String("Throttled"), ErrorMessage: aws.String("later")}}}, nil
	}
	return &eventbridge.PutEventsOutput{}, b.err
}

func TestDriftIsAnnounced(t *testing.T) {
	b := &bus{}
	require.NoError(t, announceDrift(t.Context(), b, "botyard", "prod", "1 resource differs: update \"bot\"\n(desiredCount)"))
	assert.Equal(t, []types.PutEventsRequestEntry{{
		Source: aws.String("botyard"), DetailType: aws.String("Drift"),
		Detail: aws.String(`{"project":"botyard","stack":"prod","summary":"1 resource differs: update 'bot'; (desiredCount)"}`),
	}}, b.put)
	require.EqualError(t, announceDrift(t.Context(), &bus{refuse: true}, "p", "s", "x"), "the drift cannot be announced: Throttled: later")
	require.EqualError(t, announceDrift(t.Context(), &bus{err: errors.New("no access")}, "p", "s", "x"), "the drift cannot be announced: no access")
}
