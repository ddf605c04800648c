package rollout

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
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
	value    string   // of every secret
	put      []string // details of the events that were put
	refuse   string   // why events are not taken; empty: they are
	missing  bool     // there is no cluster yet
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
	return &Runner{ECS: w, Logs: w, Secrets: w, Events: w, Clock: w, Started: start, Progress: func(line string) { w.progress = append(w.progress, line) }}
}

func (w *world) Now() time.Time { return w.now }

func (w *world) Sleep(ctx context.Context, d time.Duration) error {
	w.now = w.now.Add(d)
	return ctx.Err()
}

func (w *world) DescribeServices(context.Context, *ecs.DescribeServicesInput, ...func(*ecs.Options)) (*ecs.DescribeServicesOutput, error) {
	if w.missing {
		return nil, &types.ClusterNotFoundException{}
	}
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
	return &ecs.DescribeTaskDefinitionOutput{Tags: w.tags, TaskDefinition: &types.TaskDefinition{
		ContainerDefinitions: []types.ContainerDefinition{{Name: aws.String("bot"), Image: aws.String("registry/bot@" + digest)}},
	}}, nil
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

func (w *world) StopTask(_ context.Context, in *ecs.StopTaskInput, _ ...func(*ecs.Options)) (*ecs.StopTaskOutput, error) {
	w.sequence = append(w.sequence, "StopTask "+lastPart(aws.ToString(in.Task)))
	return &ecs.StopTaskOutput{}, nil
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

func (w *world) GetSecretValue(context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	return &secretsmanager.GetSecretValueOutput{SecretString: aws.String(w.value)}, nil
}

func (w *world) PutEvents(_ context.Context, in *eventbridge.PutEventsInput, _ ...func(*eventbridge.Options)) (*eventbridge.PutEventsOutput, error) {
	if w.refuse != "" {
		entry := eventtypes.PutEventsResultEntry{ErrorCode: aws.String("Refused"), ErrorMessage: aws.String(w.refuse)}
		return &eventbridge.PutEventsOutput{FailedEntryCount: 1, Entries: []eventtypes.PutEventsResultEntry{entry}}, nil
	}
	for _, entry := range in.Entries {
		w.put = append(w.put, aws.ToString(entry.Source)+" "+aws.ToString(entry.DetailType)+" "+aws.ToString(entry.Detail))
	}
	return &eventbridge.PutEventsOutput{}, nil
}
