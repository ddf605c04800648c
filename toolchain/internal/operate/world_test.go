package operate

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"botyard/toolchain/internal/outputs"
)

// world is an ECS whose deployments take ten seconds and end as the test says. Time is synctest's.
type world struct {
	calls    []string // what was changed, with the second since the beginning
	began    time.Time
	services map[string]*types.Service // by ARN
	tasks    map[string][]types.Task   // by service name
	defs     map[string][]types.ContainerDefinition
	changed  map[string]time.Time // by ARN: when the last deployment or scaling began
	fate     map[string]string    // by ARN: "" completes; "rolled back", "failed", "taken over", "never"
	holder   string               // task that holds the lease
	healthy  bool
	ran      types.Task // what RunTask's task ends as
	refused  []types.Failure
	unsure   bool // of a service's new tasks the last has not said yet whether it is healthy
	number   int
	made     []*ecs.RegisterTaskDefinitionInput
}

func newWorld() *world {
	w := &world{
		began: time.Now(), services: map[string]*types.Service{}, tasks: map[string][]types.Task{}, changed: map[string]time.Time{},
		fate: map[string]string{}, healthy: true, defs: map[string][]types.ContainerDefinition{},
	}
	secret := func(from string) types.Secret {
		return types.Secret{Name: aws.String("X"), ValueFrom: aws.String(from)}
	}
	env := func(names ...string) (list []types.KeyValuePair) {
		for _, name := range names {
			list = append(list, types.KeyValuePair{Name: aws.String(name), Value: aws.String("15")})
		}
		return list
	}
	probe := &types.HealthCheck{}
	w.defs["bot:4"] = []types.ContainerDefinition{{Name: aws.String("bot"), HealthCheck: probe, Environment: env("WARDEN_TABLE", "WARDEN_LEASE_SECONDS"), Secrets: []types.Secret{secret("arn:secret:token")}}}
	w.defs["api:2"] = []types.ContainerDefinition{{Name: aws.String("api"), HealthCheck: probe, Environment: env("WARDEN_TABLE"), Secrets: []types.Secret{secret("arn:secret:db-Ab:url::")}}}
	w.defs["listener:1"] = []types.ContainerDefinition{{Name: aws.String("listener"), Secrets: []types.Secret{secret("arn:secret:token"), secret("arn:secret:token-2")}}}
	for name, revision := range map[string]string{"bot": "bot:4", "bot-standby": "bot:4", "api": "api:2", "listener": "listener:1"} {
		arn := "arn:service/" + name
		w.services[arn] = &types.Service{
			ServiceArn: &arn, ServiceName: aws.String(name), TaskDefinition: aws.String(revision), DesiredCount: 1, RunningCount: 1,
			Deployments:              []types.Deployment{{Id: aws.String("old"), Status: aws.String("PRIMARY"), RolloutState: "COMPLETED"}},
			CapacityProviderStrategy: []types.CapacityProviderStrategyItem{{CapacityProvider: aws.String("hosts"), Weight: 1}},
		}
		w.tasks[name] = []types.Task{w.task(name)}
	}
	w.holder = aws.ToString(w.tasks["bot"][0].TaskArn)
	return w
}

func (w *world) task(service string) types.Task {
	w.number++
	return types.Task{TaskArn: aws.String(fmt.Sprintf("arn:task/%s-%d", service, w.number)), LastStatus: aws.String("RUNNING"), HealthStatus: types.HealthStatusHealthy}
}

func fleet(w *world) (Fleet, *bytes.Buffer) {
	var said bytes.Buffer
	return Fleet{Stack: "prod", ECS: w, Leases: w, Progress: &said, Out: outputs.Outputs{
		ClusterArn: "arn:cluster/prod", LeaseTable: "leases", LogGroups: map[string]string{"bot": "/g/bot", "api": "/g/api"},
		ServiceArns: map[string]string{"bot": "arn:service/bot", "api": "arn:service/api", "listener": "arn:service/listener"},
		StandbyArns: map[string]string{"bot": "arn:service/bot-standby"},
	}}, &said
}

func (w *world) note(call string, input any) {
	text, _ := json.Marshal(input)
	var all map[string]any
	_ = json.Unmarshal(text, &all)
	for key, value := range all {
		if value == nil || value == false || value == "" {
			delete(all, key)
		}
	}
	text, _ = json.Marshal(all)
	w.calls = append(w.calls, fmt.Sprintf("%s %s %s", time.Since(w.began).Round(time.Second), call, text))
}

func (w *world) UpdateService(_ context.Context, in *ecs.UpdateServiceInput, _ ...func(*ecs.Options)) (*ecs.UpdateServiceOutput, error) {
	w.note("UpdateService", in)
	service := w.services[*in.Service]
	w.changed[*in.Service] = time.Now()
	if in.DesiredCount != nil {
		service.DesiredCount = *in.DesiredCount
	}
	before := service.TaskDefinition
	if in.TaskDefinition != nil {
		service.TaskDefinition = in.TaskDefinition
	}
	if in.ForceNewDeployment || in.TaskDefinition != nil {
		service.Deployments = []types.Deployment{
			{Id: aws.String("new"), Status: aws.String("PRIMARY"), RolloutState: "IN_PROGRESS", TaskDefinition: service.TaskDefinition},
			{Id: aws.String("old"), Status: aws.String("ACTIVE"), RolloutState: "COMPLETED", TaskDefinition: before, RunningCount: 1},
		}
	}
	copied := *service
	return &ecs.UpdateServiceOutput{Service: &copied}, nil
}

// settle ends what was begun ten seconds ago.
func (w *world) settle(arn string) {
	service, at := w.services[arn], w.changed[arn]
	if at.IsZero() || time.Since(at) < 10*time.Second {
		return
	}
	name := *service.ServiceName
	switch w.fate[arn] {
	case "never":
		return
	case "failed":
		service.Deployments[0].RolloutState, service.Deployments[0].RolloutStateReason = "FAILED", aws.String("tasks failed to start.")
		return
	case "rolled back":
		service.Deployments = []types.Deployment{{Id: aws.String("back"), Status: aws.String("PRIMARY"), RolloutState: "IN_PROGRESS", RolloutStateReason: aws.String("ECS deployment circuit breaker: rolling back to deploymentId old.")}}
		service.Events = []types.ServiceEvent{{Message: aws.String("(service bot) deployment failed.")}}
		return
	case "taken over":
		service.Deployments = []types.Deployment{{Id: aws.String("other"), Status: aws.String("PRIMARY")}}
		return
	}
	delete(w.changed, arn)
	held := false
	for _, task := range w.tasks[name] {
		held = held || aws.ToString(task.TaskArn) == w.holder
	}
	w.tasks[name] = nil
	for range service.DesiredCount {
		w.tasks[name] = append(w.tasks[name], w.task(name))
	}
	if last := len(w.tasks[name]) - 1; w.unsure && last >= 0 {
		w.tasks[name][last].HealthStatus = types.HealthStatusUnknown
	}
	if held { // whoever waits elsewhere is first
		w.holder = ""
		if waits := w.tasks["bot-standby"]; len(waits) > 0 && name == "bot" {
			w.holder = *waits[0].TaskArn
		} else if waits := w.tasks["bot"]; len(waits) > 0 {
			w.holder = *waits[0].TaskArn
		}
	}
	service.RunningCount = service.DesiredCount
	service.Deployments = service.Deployments[:1]
	service.Deployments[0].RolloutState = "COMPLETED"
}
