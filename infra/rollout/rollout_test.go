package rollout

import (
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/require"
)

var bot = Service{Name: "bot", Container: "bot", Cluster: cluster, TaskDefinition: revision + "2", Digest: digest, LogGroup: "/botyard/prod/bot"}

const (
	completed = types.DeploymentRolloutStateCompleted
	progress  = types.DeploymentRolloutStateInProgress
	failed    = types.DeploymentRolloutStateFailed
)

func TestWaitSteadyWaitsUntilTheDeclaredRevisionStandsAlone(t *testing.T) {
	w := &world{
		services: []types.Service{
			service("2", deployment("2", progress), deployment("1", completed)),
			service("2", deployment("2", completed), deployment("1", completed)),
			service("2", deployment("2", completed)),
		},
		tasks: map[types.DesiredStatus][]types.Task{types.DesiredStatusRunning: {running("2", digest)}},
	}
	require.NoError(t, w.runner().WaitSteady(t.Context(), bot))
	require.Equal(t, 2*pollEvery, w.now.Sub(start))
	require.Empty(t, w.sequence)
	require.Equal(t, []string{"bot: bot:2 in progress, 1 of 1 running, 0 failed", "bot: bot:2 completed, 1 of 1 running, 0 failed"}, w.progress)
}

func TestARollbackIsAFailureWithReasonAndLastLines(t *testing.T) {
	w := &world{
		services: []types.Service{
			service("2", deployment("2", progress), deployment("1", completed)),
			service("1", deployment("1", completed)), // ECS went back
		},
		tasks: map[types.DesiredStatus][]types.Task{
			types.DesiredStatusRunning: {running("1", "sha256:old")},
			types.DesiredStatusStopped: {stopped("1", 143), stopped("2", 3)},
		},
		lines: []string{"starting\n", "KeyError: 'DATABASE_URL'\n"},
	}
	err := w.runner().WaitSteady(t.Context(), bot)
	require.EqualError(t, err, "service bot: the deployment of bot:2 failed\n"+
		"  ECS rolled back: bot:1 goes on running\n"+
		"  Essential container in task exited; container bot exited with code 3\n"+
		"  the last log lines (ecs/bot/0123 in /botyard/prod/bot):\n"+
		"  | starting\n  | KeyError: 'DATABASE_URL'")
	require.Empty(t, w.sequence, "a failed deployment must not be started again by the same update")
}

func TestARollbackBeforeTheFirstLookIsSeenByItsEvent(t *testing.T) {
	svc := service("1", deployment("1", completed))
	svc.Events = []types.ServiceEvent{{CreatedAt: aws.Time(start.Add(time.Second)), Message: aws.String("(service bot) (deployment ecs-svc/1) deployment failed: tasks failed to start.")}}
	w := &world{services: []types.Service{svc}}
	require.ErrorContains(t, w.runner().WaitSteady(t.Context(), bot), "the deployment of bot:2 failed")
	require.Empty(t, w.sequence)
}

func TestAFirstDeploymentThatFailedEarlierIsTriedAgain(t *testing.T) {
	earlier := deployment("2", failed)
	earlier.UpdatedAt = aws.Time(start.Add(-time.Minute))
	w := &world{
		services: []types.Service{service("2", earlier), service("2", deployment("2", progress)), service("2", deployment("2", completed))},
		tasks:    map[types.DesiredStatus][]types.Task{types.DesiredStatusRunning: {running("2", digest)}},
	}
	require.NoError(t, w.runner().WaitSteady(t.Context(), bot))
	require.Equal(t, []string{"UpdateService bot:2"}, w.sequence)
}

func TestAFailedFirstDeploymentIsAFailure(t *testing.T) {
	now := deployment("2", failed)
	now.UpdatedAt = aws.Time(start.Add(time.Second))
	w := &world{
		services: []types.Service{service("2", now)},
		tasks:    map[types.DesiredStatus][]types.Task{types.DesiredStatusStopped: {stopped("2", 1)}},
	}
	err := w.runner().WaitSteady(t.Context(), bot)
	require.ErrorContains(t, err, "container bot exited with code 1")
	require.NotContains(t, err.Error(), "rolled back", "there was nothing to go back to")
}

func TestAServiceLeftOnAnOldRevisionIsDeployedAgain(t *testing.T) {
	old := service("1", deployment("1", completed))
	old.Events = []types.ServiceEvent{{CreatedAt: aws.Time(start.Add(-time.Hour)), Message: aws.String("deployment failed: tasks failed to start.")}}
	w := &world{
		services: []types.Service{old, service("2", deployment("2", completed))},
		tasks:    map[types.DesiredStatus][]types.Task{types.DesiredStatusRunning: {running("2", digest)}},
	}
	require.NoError(t, w.runner().WaitSteady(t.Context(), bot))
	require.Equal(t, []string{"UpdateService bot:2"}, w.sequence)
}

func TestAnotherDigestThanDeclaredIsAFailure(t *testing.T) {
	w := &world{
		services: []types.Service{service("2", deployment("2", completed))},
		tasks:    map[types.DesiredStatus][]types.Task{types.DesiredStatusRunning: {running("2", "sha256:bbbb")}},
	}
	require.EqualError(t, w.runner().WaitSteady(t.Context(), bot), "service bot: runs image sha256:bbbb where sha256:aaaa is declared")
}

func TestTasksThatDoNotRunAreAFailureWhateverECSSays(t *testing.T) {
	w := &world{services: []types.Service{service("2", deployment("2", completed))}}
	require.ErrorContains(t, w.runner().WaitSteady(t.Context(), bot), "0 of 1 tasks run")
}

func TestAWaitEnds(t *testing.T) {
	w := &world{services: []types.Service{service("2", deployment("2", progress))}}
	require.ErrorContains(t, w.runner().WaitSteady(t.Context(), bot), "not steady within 20m0s: bot:2 in progress")
	require.Equal(t, waitAtMost, w.now.Sub(start))
}

var migrate = OneOff{
	Name: "leveling-api: before", TaskDefinition: revision + "2", Container: "bot", Command: []string{"migrate"},
	LogGroup: "/botyard/prod/bot", Placement: Placement{Cluster: cluster, CapacityProvider: "hosts"},
}

func TestAOneOffRunsOnceARevision(t *testing.T) {
	w := &world{oneOff: []types.Task{{LastStatus: aws.String("RUNNING")}, stopped("2", 0)}}
	require.NoError(t, w.runner().RunOneOff(t.Context(), migrate))
	require.Equal(t, []string{"RunTask", "TagResource botyard:one-off-done=2026-11-22T12:00:00Z"}, w.sequence)

	again := &world{tags: []types.Tag{{Key: aws.String("botyard:one-off-done"), Value: aws.String("2026-11-22T12:00:00Z")}}}
	require.NoError(t, again.runner().RunOneOff(t.Context(), migrate))
	require.Empty(t, again.sequence)
}

func TestAFailedOneOffSaysWhyAndIsNotMarked(t *testing.T) {
	w := &world{oneOff: []types.Task{stopped("2", 1)}, lines: []string{"relation already exists"}}
	require.EqualError(t, w.runner().RunOneOff(t.Context(), migrate), "leveling-api: before: the one-off task failed, so nothing that depends on it was changed: "+
		"Essential container in task exited; container bot exited with code 1\n"+
		"  the last log lines (ecs/bot/0123 in /botyard/prod/bot):\n  | relation already exists")
	require.Equal(t, []string{"RunTask"}, w.sequence)
}

func TestAOneOffWaitsForTheFirstHostButNotForAWrongRequest(t *testing.T) {
	boots := errors.New("InvalidParameterException: No Container Instances were found in your cluster.")
	w := &world{runTask: []error{boots, boots, nil}, oneOff: []types.Task{stopped("2", 0)}}
	require.NoError(t, w.runner().RunOneOff(t.Context(), migrate))
	require.Equal(t, 10*time.Second, w.now.Sub(start))

	wrong := &world{runTask: []error{errors.New("ClientException: TaskDefinition is inactive")}}
	require.ErrorContains(t, wrong.runner().RunOneOff(t.Context(), migrate), "TaskDefinition is inactive")
	require.Equal(t, []string{"RunTask"}, wrong.sequence)
}

func TestRequireValue(t *testing.T) {
	w := &world{stages: map[string][]string{"1": {"AWSCURRENT"}}}
	require.NoError(t, w.runner().RequireValue(t.Context(), "arn:s"))
	for _, stages := range []map[string][]string{nil, {"1": {"AWSPREVIOUS"}}} {
		err := (&world{stages: stages}).runner().RequireValue(t.Context(), "arn:s")
		require.ErrorContains(t, err, "secret botyard/prod/discord-token has no value yet, so no service that uses it is touched")
		require.ErrorContains(t, err, "put-secret-value --secret-id botyard/prod/discord-token")
	}
}
