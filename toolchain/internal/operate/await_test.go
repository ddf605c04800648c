package operate

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// rule forces deployments of the ECS services, each at its second, as the stack's rules do.
func (w *world) rule(ctx context.Context, seconds map[string]int) {
	for service, second := range seconds {
		go func() {
			time.Sleep(time.Duration(second) * time.Second)
			arn, cluster := "arn:service/"+service, "arn:cluster/prod"
			_, _ = w.UpdateService(ctx, &ecs.UpdateServiceInput{Cluster: &cluster, Service: &arn, ForceNewDeployment: true})
		}()
	}
}

func TestARestartOfARuleIsAwaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		f, said := fleet(w)
		before, err := f.Deployments(t.Context(), "bot")
		require.NoError(t, err)
		assert.Equal(t, Deployments{"arn:service/bot": "old", "arn:service/bot-standby": "old"}, before)
		w.rule(t.Context(), map[string]int{"bot-standby": 3, "bot": 15})
		done, err := f.Await(t.Context(), "bot", before)
		require.NoError(t, err)
		assert.Equal(t, []Restarted{{"bot-standby", 14 * time.Second}, {"bot", 12 * time.Second}}, done)
		assert.Len(t, w.calls, 2, "nothing was restarted from here")
		assert.NotContains(t, said.String(), "no restart")
		assert.Contains(t, w.holder, "bot-standby", "it changed hands")
	})
}

func TestARuleThatBeginsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		f, said := fleet(w)
		before, err := f.Deployments(t.Context(), "bot")
		require.NoError(t, err)
		w.rule(t.Context(), map[string]int{"bot-standby": 3})
		done, err := f.Await(t.Context(), "bot", before)
		require.ErrorIs(t, err, ErrNotBegun)
		require.EqualError(t, err, "bot: AWS has not restarted it within 2m0s")
		assert.Equal(t, []Restarted{{"bot-standby", 14 * time.Second}}, done, "what went well is told")
		assert.Contains(t, said.String(), "… bot: AWS has begun no restart within 2m0s\n")
	})
}

func TestAnAwaitedRestartThatDoesNotEndWell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.fate["arn:service/api"] = "failed"
		f, _ := fleet(w)
		before, err := f.Deployments(t.Context(), "api")
		require.NoError(t, err)
		w.rule(t.Context(), map[string]int{"api": 3})
		_, err = f.Await(t.Context(), "api", before)
		require.ErrorContains(t, err, "api: ECS gave the new tasks up")

		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		_, err = f.Await(ctx, "listener", Deployments{"arn:service/listener": "old"})
		require.EqualError(t, err, "listener: interrupted; the restart begins by itself: context deadline exceeded")

		w.services["arn:service/listener"].DesiredCount = 0
		_, err = f.Await(t.Context(), "listener", Deployments{})
		require.ErrorIs(t, err, ErrStopped)
		_, err = f.Deployments(t.Context(), "bott")
		require.EqualError(t, err, `there is no service "bott" in the stack; it has api, bot, listener`)
	})
}
