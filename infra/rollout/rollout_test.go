package rollout

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/stretchr/testify/require"
)

// world is a small ECS whose answers a test sets; each DescribeServices takes the next of services.
type world struct {
	services []types.Service
	tasks    map[types.DesiredStatus][]types.Task
	oneOff   []types.Task // DescribeTasks answers of a one-off task, in order
	runTask  []error      // what RunTask answers, in order; nil starts the task
	tags     []types.Tag
	lines    []string
	stages   map[string][]string
	sequence []string // the calls that change something
	now      time.Time
	progress []string
}

const (
	cluster  = "arn:aws:ecs:us-east-1:123456789012:cluster/c"
	revision = "arn:aws:ecs:us-east-1:123456789012:task-definition/bot:"
	digest   = "sha256:aaaa"
	taskARN  = "arn:aws:ecs:us-east-1:123456789012:task/c/0123"
)

var start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func (w *world) runner() *Runner {
	w.now = start
	return &Runner{ECS: w, Logs: w, Secrets: w, Clock: w, Started: start, Progress: func(line string) { w.progress = append(w.progress, line) }}
}

func (w *world) Now() time.Time { return w.now }

func (w *world) Sleep(ctx context.Context, d time.Duration) error {
	w.now = w.now.Add(d)
	return ctx.Err()
}

func (w *world) DescribeServices(context.Context, *ecs.DescribeServicesInput, ...func(*ecs.Options)) (*ecs.DescribeServicesOutput, error) {
	if len(w.services) == 0 {
		return &ecs.DescribeServicesOutput{}, nil
	}
	next := w.services[0]
	if len(w.services) > 1 {
		w.services = w.services[1:]
	}
	return &ecs.DescribeServicesOutput{Services: []types.Service{next}}, nil
}

func (w *world) DescribeTaskDefinition(context.Context, *ecs.DescribeTaskDefinitionInput, ...func(*ecs.Options)) (*ecs.DescribeTaskDefinitionOutput, error) {
	return &ecs.DescribeTaskDefinitionOutput{Tags: w.tags}, nil
}

func (w *world) DescribeTasks(_ context.Context, in *ecs.DescribeTasksInput, _ ...func(*ecs.Options)) (*ecs.DescribeTasksOutput, error) {
	if len(w.oneOff) > 0 {
		next := w.oneOff[0]
		w.oneOff = w.oneOff[1:]
		return &ecs.DescribeTasksOutput{Tasks: []types.Task{next}}, nil
	}
	return &ecs.DescribeTasksOutput{Tasks: w.tasks[types.DesiredStatus(in.Tasks[0])]}, nil
}

func (w *world) ListTasks(_ context.Context, in *ecs.ListTasksInput, _ ...func(*ecs.Options)) (*ecs.ListTasksOutput, error) {
	if len(w.tasks[in.DesiredStatus]) == 0 {
		return &ecs.ListTasksOutput{}, nil
	}
	return &ecs.ListTasksOutput{TaskArns: []string{string(in.DesiredStatus)}}, nil
}

func (w *world) RunTask(context.Context, *ecs.RunTaskInput, ...func(*ecs.Options)) (*ecs.RunTaskOutput, error) {
	w.sequence = append(w.sequence, "RunTask")
	if len(w.runTask) > 0 {
		err := w.runTask[0]
		w.runTask = w.runTask[1:]
		if err != nil {
			return nil, err
		}
	}
	return &ecs.RunTaskOutput{Tasks: []types.Task{{TaskArn: aws.String(taskARN)}}}, nil
}

func (w *world) TagResource(_ context.Context, in *ecs.TagResourceInput, _ ...func(*ecs.Options)) (*ecs.TagResourceOutput, error) {
	w.sequence = append(w.sequence, "TagResource "+aws.ToString(in.Tags[0].Key)+"="+aws.ToString(in.Tags[0].Value))
	return &ecs.TagResourceOutput{}, nil
}

func (w *world) UpdateService(_ context.Context, in *ecs.UpdateServiceInput, _ ...func(*ecs.Options)) (*ecs.UpdateServiceOutput, error) {
	w.sequence = append(w.sequence, "UpdateService "+lastPart(aws.ToString(in.TaskDefinition)))
	return &ecs.UpdateServiceOutput{}, nil
}

func (w *world) GetLogEvents(context.Context, *cloudwatchlogs.GetLogEventsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.GetLogEventsOutput, error) {
	out := &cloudwatchlogs.GetLogEventsOutput{}
	for _, line := range w.lines {
		out.Events = append(out.Events, logtypes.OutputLogEvent{Message: aws.String(line)})
	}
	return out, nil
}

func (w *world) DescribeSecret(context.Context, *secretsmanager.DescribeSecretInput, ...func(*secretsmanager.Options)) (*secretsmanager.DescribeSecretOutput, error) {
	return &secretsmanager.DescribeSecretOutput{Name: aws.String("botyard/prod/discord-token"), VersionIdsToStages: w.stages}, nil
}

func deployment(n string, state types.DeploymentRolloutState) types.Deployment {
	return types.Deployment{TaskDefinition: aws.String(revision + n), RolloutState: state, RunningCount: 1}
}

func service(now string, deployments ...types.Deployment) types.Service {
	return types.Service{TaskDefinition: aws.String(revision + now), DesiredCount: 1, RunningCount: 1, Deployments: deployments}
}

func running(n, image string) types.Task {
	return types.Task{
		TaskArn: aws.String(taskARN), TaskDefinitionArn: aws.String(revision + n), LastStatus: aws.String("RUNNING"),
		Containers: []types.Container{{Name: aws.String("bot"), ImageDigest: aws.String(image)}},
	}
}

func stopped(n string, code int32) types.Task {
	return types.Task{
		TaskArn: aws.String(taskARN), TaskDefinitionArn: aws.String(revision + n), LastStatus: aws.String("STOPPED"),
		StoppedReason: aws.String("Essential container in task exited"),
		Containers:    []types.Container{{Name: aws.String("bot"), ExitCode: aws.Int32(code)}},
	}
}

var bot = Service{Name: "bot", Cluster: cluster, TaskDefinition: revision + "2", Digest: digest, LogGroup: "/botyard/prod/bot"}

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

func TestAFailedFirstDeploymentIsAFailure(t *testing.T) {
	w := &world{
		services: []types.Service{service("2", deployment("2", failed))},
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
		require.ErrorContains(t, err, "secret botyard/prod/discord-token has no value yet, so no service was touched")
		require.ErrorContains(t, err, "put-secret-value --secret-id botyard/prod/discord-token")
	}
}
