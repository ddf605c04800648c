package operate

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

func (w *world) DescribeServices(_ context.Context, in *ecs.DescribeServicesInput, _ ...func(*ecs.Options)) (*ecs.DescribeServicesOutput, error) {
	if len(in.Services) > 10 {
		return nil, fmt.Errorf("InvalidParameterException: at most 10 services")
	}
	out := &ecs.DescribeServicesOutput{}
	for _, arn := range in.Services {
		if w.services[arn] != nil {
			w.settle(arn)
			copied := *w.services[arn]
			copied.Deployments = append([]types.Deployment{}, copied.Deployments...)
			out.Services = append([]types.Service{copied}, out.Services...)
		}
	}
	return out, nil
}

func (w *world) DescribeTaskDefinition(_ context.Context, in *ecs.DescribeTaskDefinitionInput, _ ...func(*ecs.Options)) (*ecs.DescribeTaskDefinitionOutput, error) {
	return &ecs.DescribeTaskDefinitionOutput{TaskDefinition: &types.TaskDefinition{ContainerDefinitions: w.defs[*in.TaskDefinition]}}, nil
}

func (w *world) ListTasks(_ context.Context, in *ecs.ListTasksInput, _ ...func(*ecs.Options)) (*ecs.ListTasksOutput, error) {
	out := &ecs.ListTasksOutput{}
	for _, task := range w.tasks[*in.ServiceName] {
		out.TaskArns = append(out.TaskArns, *task.TaskArn)
	}
	return out, nil
}

func (w *world) DescribeTasks(_ context.Context, in *ecs.DescribeTasksInput, _ ...func(*ecs.Options)) (*ecs.DescribeTasksOutput, error) {
	out := &ecs.DescribeTasksOutput{}
	if in.Tasks[0] == "arn:task/hand" {
		if ended := w.changed["hand"]; time.Since(ended) >= 10*time.Second {
			return &ecs.DescribeTasksOutput{Tasks: []types.Task{w.ran}}, nil
		}
		return &ecs.DescribeTasksOutput{Tasks: []types.Task{{LastStatus: aws.String("RUNNING")}}}, nil
	}
	for _, all := range w.tasks {
		for _, task := range all {
			for _, arn := range in.Tasks {
				if *task.TaskArn == arn {
					out.Tasks = append(out.Tasks, task)
				}
			}
		}
	}
	return out, nil
}

func (w *world) RunTask(_ context.Context, in *ecs.RunTaskInput, _ ...func(*ecs.Options)) (*ecs.RunTaskOutput, error) {
	w.note("RunTask", in)
	w.changed["hand"] = time.Now()
	if w.refused != nil {
		return &ecs.RunTaskOutput{Failures: w.refused}, nil
	}
	return &ecs.RunTaskOutput{Tasks: []types.Task{{TaskArn: aws.String("arn:task/hand")}}}, nil
}

func (w *world) GetItem(_ context.Context, in *dynamodb.GetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	item := map[string]dynamotypes.AttributeValue{"healthy": &dynamotypes.AttributeValueMemberBOOL{Value: w.healthy}}
	if w.holder != "" {
		item["holder"] = &dynamotypes.AttributeValueMemberS{Value: "x"}
		item["task"] = &dynamotypes.AttributeValueMemberS{Value: w.holder}
	}
	return &dynamodb.GetItemOutput{Item: item}, nil
}

// update is a noted UpdateService.
func update(second int, service, more string) string {
	return fmt.Sprintf(`%ds UpdateService {"Cluster":"arn:cluster/prod",%s"Service":"arn:service/%s"}`, second, more, service)
}
