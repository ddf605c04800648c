package status

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"golang.org/x/sync/errgroup"

	"botyard/toolchain/internal/outputs"
)

// Service is one row of the table.
type Service struct {
	Name    string     `json:"service"`
	State   string     `json:"state"`            // "running", "starting", "degraded", "stopped", "missing"
	Running int        `json:"running"`          // tasks that run
	Wanted  int        `json:"wanted"`           // tasks that should
	Standby string     `json:"standby"`          // state of the task that waits for the lease, "–" for a service without
	Health  string     `json:"health"`           // "healthy", "unhealthy", "unknown" (has not said yet), "–" (nothing runs)
	Address string     `json:"address"`          // where it answers on this machine or the internet, or "–"
	Digest  string     `json:"digest"`           // first 12 hex characters of the image's digest, or "–"
	Since   *time.Time `json:"since,omitempty"`  // when the deployment of this digest began, UTC; nil if nothing runs
	Lease   *Lease     `json:"lease,omitempty"`  // only in a Report, and only of a singleton
	Source  string     `json:"source,omitempty"` // only in a Report: the folder that it runs from, by make dev
	Scan    *Scan      `json:"scan,omitempty"`   // only in a Report, and only of what runs
	SBOM    string     `json:"sbom,omitempty"`   // only in a Report: the file with what is in the image, below .botyard/sbom
}

// ECS is the part of the ECS API that the table needs.
type ECS interface {
	DescribeServices(context.Context, *ecs.DescribeServicesInput, ...func(*ecs.Options)) (*ecs.DescribeServicesOutput, error)
	ListTasks(context.Context, *ecs.ListTasksInput, ...func(*ecs.Options)) (*ecs.ListTasksOutput, error)
	DescribeTasks(context.Context, *ecs.DescribeTasksInput, ...func(*ecs.Options)) (*ecs.DescribeTasksOutput, error)
}

// none stands for what there is not.
const none = "–"

// atOnce is how many services are asked for at the same time: ECS allows 20 calls a second for good, and each takes three.
const atOnce = 5

// seen is a row, the image that runs by its full reference, and the deployments of its ECS services.
type seen struct {
	row         Service
	image       string // <host>/<repository>@<digest>; empty if nothing runs
	deployments []types.Deployment
}

// Of asks ECS about every service of the stack. local tells that the hosts are this machine.
func Of(ctx context.Context, client ECS, out outputs.Outputs, local bool) ([]Service, error) {
	all, err := look(ctx, client, out, local)
	var rows []Service
	for _, each := range all {
		rows = append(rows, each.row)
	}
	return rows, err
}

func look(ctx context.Context, client ECS, out outputs.Outputs, local bool) ([]seen, error) {
	names := out.Services()
	all := make([]seen, len(names))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i, name := range names {
		group.Go(func() (err error) {
			if all[i], err = one(ctx, client, out, name); err != nil {
				return fmt.Errorf("service %s: %w", name, err)
			}
			all[i].row.Address = address(out, name, local)
			if err := all[i].standby(ctx, client, out); err != nil {
				return fmt.Errorf("standby of service %s: %w", name, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return all, nil
}

func one(ctx context.Context, client ECS, out outputs.Outputs, name string) (seen, error) {
	s := seen{row: Service{Name: name, State: "missing", Health: none, Standby: none, Digest: digest(out.RunningDigests[name])}}
	service, err := described(ctx, client, out, out.ServiceArns[name])
	if err != nil || service == nil {
		return s, err
	}
	s.deployments = service.Deployments
	s.row.Running, s.row.Wanted, s.row.State = int(service.RunningCount), int(service.DesiredCount), state(*service)
	listed, err := client.ListTasks(ctx, &ecs.ListTasksInput{Cluster: &out.ClusterArn, ServiceName: &name})
	if err != nil || len(listed.TaskArns) == 0 {
		return s, err
	}
	tasks, err := client.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: &out.ClusterArn, Tasks: listed.TaskArns})
	if err != nil {
		return s, err
	}
	var by string
	s.row.Health, s.row.Digest, by = healthAndDigest(tasks.Tasks, name, s.row.Digest)
	s.row.Since, s.image = since(s.deployments, by), reference(tasks.Tasks, name, s.row.Digest)
	return s, nil
}

// standby asks for the ECS service whose task waits for the lease.
func (s *seen) standby(ctx context.Context, client ECS, out outputs.Outputs) error {
	arn, ok := out.StandbyArns[s.row.Name]
	if !ok {
		return nil
	}
	service, err := described(ctx, client, out, arn)
	if err != nil {
		return err
	}
	s.row.Standby = "missing"
	if service != nil {
		s.row.Standby, s.deployments = state(*service), append(s.deployments, service.Deployments...)
	}
	return nil
}

// described is the ECS service, nil if there is none.
func described(ctx context.Context, client ECS, out outputs.Outputs, arn string) (*types.Service, error) {
	answer, err := client.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: &out.ClusterArn, Services: []string{arn}})
	if err != nil || len(answer.Services) == 0 || aws.ToString(answer.Services[0].Status) == "INACTIVE" {
		return nil, err
	}
	return &answer.Services[0], nil
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

// healthAndDigest is the worst health of the running tasks, the digest of what they run, and the deployment that started
// it.
func healthAndDigest(tasks []types.Task, name, known string) (health, image, by string) {
	health, image = none, known
	worst := map[types.HealthStatus]int{types.HealthStatusHealthy: 1, types.HealthStatusUnknown: 2, types.HealthStatusUnhealthy: 3}
	rank := 0
	for _, task := range tasks {
		if aws.ToString(task.LastStatus) != "RUNNING" {
			continue
		}
		by = cmp.Or(by, aws.ToString(task.StartedBy))
		for _, container := range task.Containers {
			if aws.ToString(container.Name) != name {
				continue
			}
			if r := worst[container.HealthStatus]; r > rank {
				rank, health = r, strings.ToLower(string(container.HealthStatus))
			}
			if found := digest(aws.ToString(container.ImageDigest)); found != none {
				image, by = found, aws.ToString(task.StartedBy)
			}
		}
	}
	return health, image, by
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
