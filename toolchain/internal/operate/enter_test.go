package operate

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheHolderIsEntered(t *testing.T) {
	w := newWorld()
	w.holder = *w.tasks["bot-standby"][0].TaskArn
	f, _ := fleet(w)
	p, err := f.Place(t.Context(), "bot", false)
	require.NoError(t, err)
	assert.Equal(t, Place{Cluster: "arn:cluster/prod", Task: w.holder, Container: "bot", Holder: true}, p)
	assert.Equal(t, "task "+short(w.holder)+" of bot (it holds the lease)", p.Said())

	w.holder = "" // nobody: the first that runs
	w.tasks["bot"][0].LastStatus = aws.String("PENDING")
	p, err = f.Place(t.Context(), "bot", false)
	require.NoError(t, err)
	assert.Equal(t, Place{Cluster: "arn:cluster/prod", Task: *w.tasks["bot-standby"][0].TaskArn, Container: "bot"}, p)
}

func TestNothingToEnter(t *testing.T) {
	w := newWorld()
	f, _ := fleet(w)
	w.tasks["api"] = nil
	_, err := f.Place(t.Context(), "api", false)
	require.EqualError(t, err, "no task of api runs, so there is nothing to enter; make status STACK=prod says how it is, make logs SERVICE=api STACK=prod SINCE=10m FOLLOW= what it said last")
}

func TestECSExecIsNeverSwitchedOn(t *testing.T) {
	w := newWorld()
	f, _ := fleet(w)
	_, err := f.Place(t.Context(), "bot", true)
	require.EqualError(t, err, "ECS Exec is off for bot. To switch it on: services.bot.exec: true under botyard:services in Pulumi.prod.yaml, and an update")

	w.services["arn:service/bot"].EnableExecuteCommand = true
	_, err = f.Place(t.Context(), "bot", true)
	require.EqualError(t, err, "ECS Exec is on for bot, but task "+short(w.holder)+" was started before that. Right would be make restart SERVICE=bot STACK=prod")

	w.tasks["bot"][0].EnableExecuteCommand = true
	_, err = f.Place(t.Context(), "bot", true)
	require.NoError(t, err)
	assert.Empty(t, w.calls)
}
