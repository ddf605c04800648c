// Package status tells how the services of a stack are.
package status

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"botyard/toolchain/internal/outputs"
)

// Service is one row of the table.
type Service struct {
	Name    string `json:"service"`
	State   string `json:"state"`   // "running", "starting", "degraded", "stopped", "missing"
	Running int    `json:"running"` // tasks that run
	Wanted  int    `json:"wanted"`  // tasks that should
	Standby string `json:"standby"` // state of the task that waits for the lease, "–" for a service without
	Health  string `json:"health"`  // "healthy", "unhealthy", "unknown" (has not said yet), "–" (nothing runs)
	Address string `json:"address"` // where it answers on this machine or the internet, or "–"
	Digest  string `json:"digest"`  // first 12 hex characters of the image's digest, or "–"
}

// ECS is the part of the ECS API that the table needs.
type ECS interface {
	DescribeServices(context.Context, *ecs.DescribeServicesInput, ...func(*ecs.Options)) (*ecs.DescribeServicesOutput, error)
	ListTasks(context.Context, *ecs.ListTasksInput, ...func(*ecs.Options)) (*ecs.ListTasksOutput, error)
	DescribeTasks(context.Context, *ecs.DescribeTasksInput, ...func(*ecs.Options)) (*ecs.DescribeTasksOutput, error)
}

// none stands for what there is not.
const none = "–"

// Of asks ECS about every service of the stack. local tells that the hosts are this machine.
func Of(ctx context.Context, client ECS, out outputs.Outputs, local bool) ([]Service, error) {
	var rows []Service
	for _, name := range out.Services() {
		row, err := one(ctx, client, out, name)
		if err != nil {
			return nil, fmt.Errorf("service %s: %w", name, err)
		}
		row.Address = address(out, name, local)
		if row.Standby, err = standby(ctx, client, out, name); err != nil {
			return nil, fmt.Errorf("standby of service %s: %w", name, err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func one(ctx context.Context, client ECS, out outputs.Outputs, name string) (Service, error) {
	row := Service{Name: name, State: "missing", Health: none, Digest: digest(out.RunningDigests[name])}
	arn := out.ServiceArns[name]
	described, err := client.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: &out.ClusterArn, Services: []string{arn}})
	if err != nil {
		return row, err
	}
	if len(described.Services) == 0 || value(described.Services[0].Status) == "INACTIVE" {
		return row, nil
	}
	service := described.Services[0]
	row.Running, row.Wanted = int(service.RunningCount), int(service.DesiredCount)
	row.State = state(service)
	listed, err := client.ListTasks(ctx, &ecs.ListTasksInput{Cluster: &out.ClusterArn, ServiceName: &name})
	if err != nil {
		return row, err
	}
	if len(listed.TaskArns) == 0 {
		return row, nil
	}
	tasks, err := client.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: &out.ClusterArn, Tasks: listed.TaskArns})
	if err != nil {
		return row, err
	}
	row.Health, row.Digest = healthAndDigest(tasks.Tasks, name, row.Digest)
	return row, nil
}

// standby is the state of the ECS service whose task waits for the lease.
func standby(ctx context.Context, client ECS, out outputs.Outputs, name string) (string, error) {
	arn, ok := out.StandbyArns[name]
	if !ok {
		return none, nil
	}
	described, err := client.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: &out.ClusterArn, Services: []string{arn}})
	if err != nil {
		return none, err
	}
	if len(described.Services) == 0 || value(described.Services[0].Status) == "INACTIVE" {
		return "missing", nil
	}
	return state(described.Services[0]), nil
}

func state(service types.Service) string {
	switch {
	case service.DesiredCount == 0:
		return "stopped"
	case service.RunningCount >= service.DesiredCount:
		return "running"
	case service.RunningCount > 0:
		return "degraded"
	case service.PendingCount > 0:
		return "starting"
	}
	return "stopped"
}

// healthAndDigest is the worst health of the running tasks and the digest of what they run.
func healthAndDigest(tasks []types.Task, name, known string) (health, image string) {
	health, image = none, known
	worst := map[types.HealthStatus]int{types.HealthStatusHealthy: 1, types.HealthStatusUnknown: 2, types.HealthStatusUnhealthy: 3}
	rank := 0
	for _, task := range tasks {
		if value(task.LastStatus) != "RUNNING" {
			continue
		}
		for _, container := range task.Containers {
			if value(container.Name) != name {
				continue
			}
			if r := worst[container.HealthStatus]; r > rank {
				rank, health = r, strings.ToLower(string(container.HealthStatus))
			}
			if found := digest(value(container.ImageDigest)); found != none {
				image = found
			}
		}
	}
	return health, image
}

// address is where the service answers, for a person: the load balancer if it is public, else its port on this machine.
func address(out outputs.Outputs, name string, local bool) string {
	if path, ok := out.PublicPaths[name]; ok && out.PublicURL != "" {
		return out.PublicURL + strings.TrimSuffix(path, "*")
	}
	if port, ok := out.HostPorts[name]; ok && local {
		return fmt.Sprintf("http://localhost:%d", port)
	}
	return none
}

// digest is the first 12 hex characters of "sha256:…", with or without a repository before it.
func digest(reference string) string {
	_, hex, ok := strings.Cut(reference, "sha256:")
	const shown = 12
	if !ok || len(hex) < shown {
		return none
	}
	return hex[:shown]
}

// Down is the first service with fewer running tasks than wanted, "" if there is none.
func Down(rows []Service) string {
	for _, row := range rows {
		if row.Running < row.Wanted || row.State == "missing" {
			return row.Name
		}
	}
	return ""
}

// Host is the host part of an address, which the emulator's load balancer is told by.
func Host(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return parsed.Host
}

func value(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
