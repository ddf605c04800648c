package live

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"botyard/toolchain/internal/drill"
	"botyard/toolchain/internal/drill/copies"
)

// world is an AWS with a bot and its standby. Its time is the test's, which synctest makes pass at once.
type world struct {
	calls  []string // what was called, in order
	began  time.Time
	holder string // task that holds the lease, "" for none
	waits  string
	token  int64
	health types.HealthStatus
	left   []string // tasks that an earlier drill has left
	lost   bool     // the lease is lost for good once the holder is gone
	torn   bool     // a new holder gets no new token
	status string   // of a second copy
	items  []cloudwatchtypes.AlarmHistoryItem
	starts []dynamotypes.AttributeValue // that the lease's item remembers
	onRun  func()                       // called when a second copy is run
}

func newWorld() *world {
	return &world{began: time.Now(), holder: "arn:task/one", waits: "arn:task/two", token: 7, health: types.HealthStatusHealthy, status: "RUNNING"}
}

func (w *world) note(format string, args ...any) {
	w.calls = append(w.calls, fmt.Sprintf("%s %s", time.Since(w.began).Round(time.Second), fmt.Sprintf(format, args...)))
}

// fail ends the holder: the standby takes over, and a new task waits.
func (w *world) fail() {
	w.holder, w.waits = w.waits, "arn:task/three"
	if !w.torn {
		w.token++
	}
	if w.lost {
		w.holder = ""
	}
}

func (w *world) DescribeServices(_ context.Context, in *ecs.DescribeServicesInput, _ ...func(*ecs.Options)) (*ecs.DescribeServicesOutput, error) {
	out := &ecs.DescribeServicesOutput{}
	for _, arn := range in.Services {
		out.Services = append(out.Services, types.Service{
			ServiceName: aws.String(strings.TrimPrefix(arn, "arn:service/")), DesiredCount: 1, TaskDefinition: aws.String("bot:4"),
			CapacityProviderStrategy: []types.CapacityProviderStrategyItem{{CapacityProvider: aws.String("hosts"), Weight: 1}},
		})
	}
	return out, nil
}

func (w *world) DescribeTaskDefinition(_ context.Context, in *ecs.DescribeTaskDefinitionInput, _ ...func(*ecs.Options)) (*ecs.DescribeTaskDefinitionOutput, error) {
	return &ecs.DescribeTaskDefinitionOutput{TaskDefinition: &types.TaskDefinition{ContainerDefinitions: []types.ContainerDefinition{{
		Name: aws.String("bot"), Environment: []types.KeyValuePair{
			{Name: aws.String("WARDEN_LEASE_SECONDS"), Value: aws.String("15")}, {Name: aws.String("WARDEN_STARTS_PER_DAY"), Value: aws.String("5")}},
	}}}}, nil
}

func (w *world) ListTasks(_ context.Context, in *ecs.ListTasksInput, _ ...func(*ecs.Options)) (*ecs.ListTasksOutput, error) {
	switch aws.ToString(in.ServiceName) {
	case "bot":
		return &ecs.ListTasksOutput{TaskArns: []string{"arn:task/one"}}, nil
	case "bot-standby":
		return &ecs.ListTasksOutput{TaskArns: []string{"arn:task/two"}}, nil
	}
	return &ecs.ListTasksOutput{TaskArns: w.left}, nil
}

func (w *world) DescribeTasks(_ context.Context, in *ecs.DescribeTasksInput, _ ...func(*ecs.Options)) (*ecs.DescribeTasksOutput, error) {
	out := &ecs.DescribeTasksOutput{}
	for _, arn := range in.Tasks {
		task := types.Task{TaskArn: aws.String(arn), LastStatus: aws.String("RUNNING"), HealthStatus: w.health, ContainerInstanceArn: aws.String("arn:host/1")}
		if arn == "arn:task/second" {
			task.LastStatus, task.StoppedReason = aws.String(w.status), aws.String("no room")
		}
		out.Tasks = append(out.Tasks, task)
	}
	return out, nil
}

func (w *world) DescribeContainerInstances(_ context.Context, in *ecs.DescribeContainerInstancesInput, _ ...func(*ecs.Options)) (*ecs.DescribeContainerInstancesOutput, error) {
	w.note("DescribeContainerInstances %s", in.ContainerInstances[0])
	return &ecs.DescribeContainerInstancesOutput{ContainerInstances: []types.ContainerInstance{{Ec2InstanceId: aws.String("i-0abc")}}}, nil
}

func (w *world) RunTask(_ context.Context, in *ecs.RunTaskInput, _ ...func(*ecs.Options)) (*ecs.RunTaskOutput, error) {
	w.note("RunTask %s on %s by %s", *in.TaskDefinition, *in.CapacityProviderStrategy[0].CapacityProvider, *in.StartedBy)
	if w.onRun != nil {
		w.onRun()
	}
	return &ecs.RunTaskOutput{Tasks: []types.Task{{TaskArn: aws.String("arn:task/second")}}}, nil
}

func (w *world) StopTask(_ context.Context, in *ecs.StopTaskInput, _ ...func(*ecs.Options)) (*ecs.StopTaskOutput, error) {
	w.note("StopTask %s: %s", *in.Task, *in.Reason)
	if *in.Task == w.holder {
		w.holder, w.waits = w.waits, w.holder
		w.token++
		if w.lost {
			w.holder = ""
		}
	}
	return &ecs.StopTaskOutput{}, nil
}

// GetItem shows a lease that is renewed every three seconds.
func (w *world) GetItem(_ context.Context, in *dynamodb.GetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	item := map[string]dynamotypes.AttributeValue{
		"token":    &dynamotypes.AttributeValueMemberN{Value: fmt.Sprint(w.token)},
		"beat":     &dynamotypes.AttributeValueMemberN{Value: fmt.Sprint(int(time.Since(w.began).Seconds()) / 3)},
		"healthy":  &dynamotypes.AttributeValueMemberBOOL{Value: true},
		"revision": &dynamotypes.AttributeValueMemberS{Value: "bot:4"}, "starts": &dynamotypes.AttributeValueMemberL{Value: w.starts},
		"task": &dynamotypes.AttributeValueMemberS{Value: w.holder},
	}
	if w.holder != "" {
		item["holder"] = &dynamotypes.AttributeValueMemberS{Value: "holder of " + w.holder}
	}
	return &dynamodb.GetItemOutput{Item: item}, nil
}

func (w *world) DescribeAlarmHistory(_ context.Context, in *cloudwatch.DescribeAlarmHistoryInput, _ ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmHistoryOutput, error) {
	if in.NextToken == nil && len(w.items) > 1 {
		return &cloudwatch.DescribeAlarmHistoryOutput{AlarmHistoryItems: w.items[:1], NextToken: aws.String("more")}, nil
	}
	return &cloudwatch.DescribeAlarmHistoryOutput{AlarmHistoryItems: w.items[min(1, max(0, len(w.items)-1)):]}, nil
}

// started is a start that the lease's item remembers.
func started(ago time.Duration, revision string) dynamotypes.AttributeValue {
	return &dynamotypes.AttributeValueMemberM{Value: map[string]dynamotypes.AttributeValue{
		"t": &dynamotypes.AttributeValueMemberN{Value: fmt.Sprint(time.Now().Add(-ago).Unix())},
		"r": &dynamotypes.AttributeValueMemberS{Value: revision},
	}}
}

// answering is a bot that always answers, each request after 20 ms.
type answering struct{}

func (answering) Ask(context.Context) error { return nil }

func (answering) Begin(context.Context) func() []drill.Probe {
	began := time.Now()
	return func() (probes []drill.Probe) {
		for at := began; at.Before(time.Now()); at = at.Add(100 * time.Millisecond) {
			probes = append(probes, drill.Probe{Sent: at, Done: at.Add(20 * time.Millisecond), OK: true})
		}
		return probes
	}
}

// still is a reader of one container that runs.
type still struct{}

func (still) Read() ([]copies.Container, error) {
	return []copies.Container{{ID: "c0ffee", Processes: []copies.Process{
		{Pid: 10, Parent: 1, Start: 1, Args: []string{"/warden", "bot"}},
		{Pid: 11, Parent: 10, Start: 2, Args: []string{"/warden", "bot"}},
		{Pid: 12, Parent: 11, Start: 3, Args: []string{"bot"}},
	}}}, nil
}

// drillOf is a drill of the world's bot, and what it says meanwhile.
func drillOf(t *testing.T, w *world) (*Drill, *bytes.Buffer) {
	t.Helper()
	var said bytes.Buffer
	target := Target{Name: "bot", Cluster: "arn:cluster", Services: []string{"arn:service/bot", "arn:service/bot-standby"}, Table: "leases", ECS: w, Leases: w}
	return &Drill{
		Target: target, Stack: "local", AlarmPrefix: "botyard-local-", Alarms: w, Bot: answering{}, Watch: target.Item, Progress: &said,
		Row:    func(drill.Result) {},
		Docker: &Docker{Port: "4566", Containers: still{}, service: "bot", Kill: func(pid int) error { w.note("kill %d", pid); return nil }},
	}, &said
}
