package operate

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/dev"
)

func (w *world) RegisterTaskDefinition(_ context.Context, in *ecs.RegisterTaskDefinitionInput, _ ...func(*ecs.Options)) (*ecs.RegisterTaskDefinitionOutput, error) {
	w.note("RegisterTaskDefinition", map[string]any{})
	w.made = append(w.made, in)
	return &ecs.RegisterTaskDefinitionOutput{TaskDefinition: &types.TaskDefinition{TaskDefinitionArn: aws.String("bot:9")}}, nil
}

func (w *world) DeregisterTaskDefinition(_ context.Context, in *ecs.DeregisterTaskDefinitionInput, _ ...func(*ecs.Options)) (*ecs.DeregisterTaskDefinitionOutput, error) {
	w.note("DeregisterTaskDefinition", in)
	return &ecs.DeregisterTaskDefinitionOutput{}, nil
}

// developer is one of the world, with all the notes that it has kept.
func developer(w *world) (Developer, *bytes.Buffer, *[]dev.Note) {
	f, said := fleet(w)
	var kept []dev.Note
	w.services["arn:service/bot"].DeploymentConfiguration = &types.DeploymentConfiguration{DeploymentCircuitBreaker: &types.DeploymentCircuitBreaker{Enable: true, Rollback: true}}
	return Developer{Fleet: f, Revisions: w, Keep: func(n dev.Note) error {
		kept = append(kept, n)
		w.note("keep", map[string]any{"revision": n.Revision})
		return nil
	}}, said, &kept
}

var botMount = dev.Mount{Folder: "/clone/images/bot", Path: "/app", Ignored: []string{"Dockerfile", "tests"}}

// What an UpdateService says of the circuit breaker while a source runs, and when it no longer does.
const (
	sourceOn  = `"DeploymentCircuitBreaker":{"Enable":false,"ResetOnHealthyTask":null,"Rollback":false`
	sourceOff = `"DeploymentCircuitBreaker":{"Enable":true,"ResetOnHealthyTask":null,"Rollback":true`
)

func TestAServiceRunsFromItsSourceAndIsPutBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		bot := w.services["arn:service/bot"]
		bot.LoadBalancers, bot.HealthCheckGracePeriodSeconds = []types.LoadBalancer{{}}, aws.Int32(30)
		d, said, kept := developer(w)
		note, err := d.Begin(t.Context(), "bot", "images/bot", botMount)
		require.NoError(t, err)
		want := dev.Note{
			Service: "bot", Source: "images/bot", Began: time.Now().UTC(), Revision: "bot:9",
			Own:     dev.Own{ARN: "arn:service/bot", TaskDefinition: "bot:4", Breaker: true, Rollback: true, Grace: aws.Int32(30)},
			Standby: &dev.Standby{ARN: "arn:service/bot-standby", Desired: 1},
		}
		require.Equal(t, want, note)
		first := want
		first.Revision = ""
		assert.Equal(t, []dev.Note{first, want}, *kept)
		require.Len(t, w.calls, 5)
		assert.Equal(t, "0s keep {}", w.calls[0], "before anything is done")
		assert.Equal(t, "0s RegisterTaskDefinition {}", w.calls[1])
		assert.Equal(t, `0s keep {"revision":"bot:9"}`, w.calls[2])
		for _, part := range []string{sourceOn, `"Service":"arn:service/bot"`, `"TaskDefinition":"bot:9"`, `"HealthCheckGracePeriodSeconds":2147483647`} {
			assert.Contains(t, w.calls[3], part)
		}
		assert.NotContains(t, w.calls[3], "DesiredCount")
		assert.Equal(t, update(0, "bot-standby", `"DesiredCount":0,`), w.calls[4])

		require.NoError(t, d.UntilLive(t.Context(), note))
		assert.Equal(t, "… bot: the deployed image runs until the source does\n", said.String())
		w.calls = nil

		back, err := d.PutBack(t.Context(), note)
		require.NoError(t, err)
		for _, part := range []string{sourceOff, `"Service":"arn:service/bot"`, `"TaskDefinition":"bot:4"`, `"HealthCheckGracePeriodSeconds":30`} {
			assert.Contains(t, w.calls[0], part)
		}
		assert.Equal(t, update(10, "bot-standby", `"DesiredCount":1,`), w.calls[1])
		require.NoError(t, d.UntilBack(t.Context(), back))
		assert.Equal(t, `20s DeregisterTaskDefinition {"TaskDefinition":"bot:9"}`, w.calls[2])
		assert.Equal(t, "bot runs its deployed image again (bot:4), and its standby is back (1)", back.Said())
		assert.Len(t, w.tasks["bot-standby"], 1)
	})
}

func TestWhatSomebodyElseDeployedStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		d, said, _ := developer(w)
		note, err := d.Begin(t.Context(), "bot", "images/bot", botMount)
		require.NoError(t, err)
		w.services["arn:service/bot"].TaskDefinition = aws.String("bot:10")
		require.EqualError(t, d.UntilLive(t.Context(), note), "bot: somebody has deployed bot:10 meanwhile, in place of its source")
		w.calls = nil
		back, err := d.PutBack(t.Context(), note)
		require.NoError(t, err)
		assert.Contains(t, w.calls[0], sourceOff)
		assert.NotContains(t, w.calls[0], `"TaskDefinition":"bot`)
		assert.Contains(t, said.String(), "… bot: somebody has deployed bot:10 meanwhile, which stays\n")
		assert.Equal(t, "bot was left as it is deployed, and its standby is back (1)", back.Said())
	})
}

func TestWhatIsGoneNeedsNoPuttingBack(t *testing.T) {
	w := newWorld()
	d, _, _ := developer(w)
	note := dev.Note{Service: "old", Own: dev.Own{ARN: "arn:service/old", TaskDefinition: "old:1"}, Standby: &dev.Standby{ARN: "arn:service/old-standby", Desired: 1}}
	back, err := d.PutBack(t.Context(), note)
	require.NoError(t, err)
	require.NoError(t, d.UntilBack(t.Context(), back))
	assert.Empty(t, w.calls)
	assert.Equal(t, "old was left as it is deployed", back.Said())
}

func TestAServiceThatCannotBeDeveloped(t *testing.T) {
	w := newWorld()
	d, _, kept := developer(w)
	_, err := d.Begin(t.Context(), "listener", "images/x", botMount)
	require.ErrorContains(t, err, "the image of listener does not start with the warden")
	w.services["arn:service/bot"].DesiredCount = 0
	_, err = d.Begin(t.Context(), "bot", "images/bot", botMount)
	require.EqualError(t, err, "bot is scaled to 0 tasks, so there is nothing to run from its source. Right would be make scale SERVICE=bot REPLICAS=1")
	_, err = d.Begin(t.Context(), "nope", "images/bot", botMount)
	require.EqualError(t, err, `there is no service "nope" in the stack; it has api, bot, listener`)
	assert.Empty(t, *kept)

	d.Keep = func(dev.Note) error { return errors.New("disk full") }
	w.services["arn:service/bot"].DesiredCount = 1
	note, err := d.Begin(t.Context(), "bot", "images/bot", botMount)
	require.EqualError(t, err, "disk full")
	assert.Empty(t, note)
	assert.Empty(t, w.calls, "nothing is changed that no note tells of")
}

func TestASourceThatNeverRunsIsWaitedForUntilItIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.fate["arn:service/bot"] = "never"
		d, said, _ := developer(w)
		note, err := d.Begin(t.Context(), "bot", "images/bot", botMount)
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Hour)
		defer cancel()
		require.ErrorIs(t, d.UntilLive(ctx, note), context.DeadlineExceeded)
		assert.Equal(t, "… bot: the deployed image runs until the source does\n", said.String(), "once")
	})
}
