package operate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"botyard/toolchain/internal/outputs"
)

// mostServices is how many services one DescribeServices takes.
const mostServices = 10

// standing are the ECS services that run a service: its own and, after it, its standby's.
func (f Fleet) standing(ctx context.Context, name string) ([]types.Service, error) {
	arns, err := f.arns(name)
	if err != nil {
		return nil, err
	}
	return f.describe(ctx, arns)
}

func (f Fleet) arns(name string) ([]string, error) {
	own, ok := f.Out.ServiceArns[name]
	if !ok {
		return nil, fmt.Errorf("there is no service %q in the stack; it has %s", name, strings.Join(f.Out.Services(), ", "))
	}
	arns := []string{own}
	if standby, ok := f.Out.StandbyArns[name]; ok {
		arns = append(arns, standby)
	}
	return arns, nil
}

// describe asks for ECS services; the answer is in the order of the question.
func (f Fleet) describe(ctx context.Context, arns []string) ([]types.Service, error) {
	found, err := f.found(ctx, arns)
	if err != nil {
		return nil, err
	}
	services := make([]types.Service, len(arns))
	for i, arn := range arns {
		service, ok := found[arn]
		if !ok {
			return nil, fmt.Errorf("ECS has no service %s, which the stack's outputs name: was it deleted by hand? Right would be make drift%s, and an update", short(arn), f.stack())
		}
		services[i] = service
	}
	return services, nil
}

// found are those of the ECS services that there are, by ARN.
func (f Fleet) found(ctx context.Context, arns []string) (map[string]types.Service, error) {
	found := map[string]types.Service{}
	for some := range slices.Chunk(arns, mostServices) {
		out, err := f.ECS.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: &f.Out.ClusterArn, Services: some})
		if err != nil {
			return nil, fmt.Errorf("cannot ask ECS for %s: %w", strings.Join(shorts(some), ", "), err)
		}
		for _, service := range out.Services {
			if aws.ToString(service.Status) != "INACTIVE" {
				found[aws.ToString(service.ServiceArn)] = service
			}
		}
	}
	return found, nil
}

// tasks are the tasks of an ECS service that run or are about to.
func (f Fleet) tasks(ctx context.Context, service string) ([]types.Task, error) {
	listed, err := f.ECS.ListTasks(ctx, &ecs.ListTasksInput{Cluster: &f.Out.ClusterArn, ServiceName: &service})
	if err != nil {
		return nil, fmt.Errorf("cannot list the tasks of %s: %w", service, err)
	}
	if len(listed.TaskArns) == 0 {
		return nil, nil
	}
	out, err := f.ECS.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: &f.Out.ClusterArn, Tasks: listed.TaskArns})
	if err != nil {
		return nil, fmt.Errorf("cannot ask for the tasks of %s: %w", service, err)
	}
	return out.Tasks, nil
}

// stack is the word that a make target needs for a stack other than local.
func (f Fleet) stack() string {
	return outputs.StackWord(f.Stack)
}

// seeLog says where a service tells why.
func (f Fleet) seeLog(name string) string {
	return fmt.Sprintf("make logs SERVICE=%s%s SINCE=10m FOLLOW=", name, f.stack())
}

// short is the last part of an ARN: a service's name, a task's id.
func short(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

func shorts(arns []string) []string {
	names := make([]string, len(arns))
	for i, arn := range arns {
		names[i] = short(arn)
	}
	return names
}
