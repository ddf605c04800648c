package operate

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const forced = `"ForceNewDeployment":true,`

func TestTheHolderOfTheLeaseIsRestartedLast(t *testing.T) {
	for holder, order := range map[string][2]string{"bot": {"bot-standby", "bot"}, "bot-standby": {"bot", "bot-standby"}, "": {"bot-standby", "bot"}} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld()
			w.holder = ""
			if holder != "" {
				w.holder = *w.tasks[holder][0].TaskArn
			}
			f, said := fleet(w)
			if holder == "" { // somebody takes it once the new tasks are there
				go func() { time.Sleep(30 * time.Second); w.holder = *w.tasks["bot"][0].TaskArn }()
			}
			done, err := f.Restart(t.Context(), "bot")
			require.NoError(t, err)
			assert.Equal(t, []Restarted{{order[0], 10 * time.Second}, {order[1], 10 * time.Second}}, done)
			assert.Equal(t, []string{update(0, order[0], forced), update(10, order[1], forced)}, w.calls)
			assert.Equal(t, "bot, bot-standby", Names(done))
			assert.Equal(t, "… "+order[0]+": 1 of 1 tasks run, 0 about to, deployments: 2\n… "+order[1]+": 1 of 1 tasks run, 0 about to, deployments: 2\n", said.String())
		})
	}
}

func TestAServiceWithoutALeaseIsRestartedAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		f, _ := fleet(w)
		done, err := f.Restart(t.Context(), "api")
		require.NoError(t, err)
		assert.Equal(t, []Restarted{{"api", 10 * time.Second}}, done)
		assert.Equal(t, []string{update(0, "api", forced)}, w.calls)
	})
}

func TestARestartThatDoesNotEndWell(t *testing.T) {
	for fate, want := range map[string]string{
		"rolled back": "bot: ECS gave the new tasks up, for they did not start or were not healthy, and went back to what ran before (ECS deployment circuit breaker: rolling back to deploymentId old.); " +
			"its last event: (service bot) deployment failed.. Its log says why: make logs SERVICE=bot STACK=prod SINCE=10m FOLLOW=",
		"failed": "bot: ECS gave the new tasks up, for they did not start or were not healthy, and went back to what ran before (tasks failed to start.). " +
			"Its log says why: make logs SERVICE=bot STACK=prod SINCE=10m FOLLOW=",
		"taken over": "bot: another deployment (other) took this one's place; whoever began it has the last word",
		"never": "bot is not steady within 20m0s: 1 of 1 tasks run, 0 about to, deployments: 2. " +
			"Its log says why: make logs SERVICE=bot STACK=prod SINCE=10m FOLLOW=",
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld()
			w.fate["arn:service/bot"] = fate
			f, _ := fleet(w)
			done, err := f.Restart(t.Context(), "bot")
			require.EqualError(t, err, want)
			assert.Equal(t, []Restarted{{"bot-standby", 10 * time.Second}}, done, "what went well is told")
		})
	}
}

func TestACompleteDeploymentIsNotEnoughForASingleton(t *testing.T) {
	for holder, want := range map[string]string{
		"arn:task/gone": "bot: its new tasks are there, but 3m0s after that none of them holds the lease. Its log says why: make logs SERVICE=bot STACK=prod SINCE=10m FOLLOW=",
		"":              "bot: its new tasks are there, but 3m0s after that the probe of the one that holds the lease does not hold. Its log says why: make logs SERVICE=bot STACK=prod SINCE=10m FOLLOW=",
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld()
			w.healthy = false
			if holder != "" {
				w.holder = holder
			}
			f, _ := fleet(w)
			done, err := f.Restart(t.Context(), "bot")
			require.EqualError(t, err, want)
			assert.Len(t, done, 2)
		})
	}
}

func TestWhatCannotBeRestarted(t *testing.T) {
	w := newWorld()
	f, _ := fleet(w)
	_, err := f.Restart(t.Context(), "bott")
	require.EqualError(t, err, `there is no service "bott" in the stack; it has api, bot, listener`)

	w.services["arn:service/api"].DesiredCount = 0
	_, err = f.Restart(t.Context(), "api")
	require.EqualError(t, err, "api: it is scaled to 0 tasks, so there is nothing to restart. Right would be make scale SERVICE=api REPLICAS=1 STACK=prod, which starts it")
	require.ErrorIs(t, err, ErrStopped)

	delete(w.services, "arn:service/api")
	_, err = f.Restart(t.Context(), "api")
	require.EqualError(t, err, "ECS has no service api, which the stack's outputs name: was it deleted by hand? Right would be make drift STACK=prod, and an update")
	assert.Empty(t, w.calls)
}

func TestTheUsersOfSecrets(t *testing.T) {
	w := newWorld()
	f, _ := fleet(w)
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} { // one question takes ten
		arn := "arn:service/" + name
		w.services[arn] = &types.Service{ServiceArn: &arn, ServiceName: &name, TaskDefinition: &name}
		f.Out.ServiceArns[name] = arn
	}
	users, err := f.Users(t.Context(), map[string]string{"token": "arn:secret:token", "db": "arn:secret:db-Ab", "spare": "arn:secret:db"})
	require.NoError(t, err)
	assert.Equal(t, map[string][]string{"token": {"bot", "listener"}, "db": {"api"}}, users,
		"a key of a value counts, a longer name does not, and a standby is its service")
}

func TestACompleteDeploymentWaitsForTheOldOnesEnd(t *testing.T) {
	w := newWorld()
	f, _ := fleet(w)
	both := types.Service{ServiceArn: aws.String("arn:service/api"), Deployments: []types.Deployment{
		{Id: aws.String("new"), Status: aws.String("PRIMARY"), RolloutState: types.DeploymentRolloutStateCompleted}, {Id: aws.String("old"), Status: aws.String("ACTIVE")},
	}}
	done, err := f.ended(both, "new")
	require.NoError(t, err)
	assert.False(t, done, "its tasks still stop, with the lease")
	both.Deployments = both.Deployments[:1]
	done, err = f.ended(both, "new")
	require.NoError(t, err)
	assert.True(t, done)
}
