package operate

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// definition is a task definition as far as it is looked at.
type definition struct{ containers []types.ContainerDefinition }

func (f Fleet) definition(ctx context.Context, service types.Service) (definition, error) {
	out, err := f.ECS.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: service.TaskDefinition})
	if err != nil {
		return definition{}, fmt.Errorf("cannot read the task definition %s: %w", short(aws.ToString(service.TaskDefinition)), err)
	}
	return definition{containers: out.TaskDefinition.ContainerDefinitions}, nil
}

// variable tells whether a container has an environment variable of that name.
func (d definition) variable(name string) bool {
	for _, container := range d.containers {
		for _, variable := range container.Environment {
			if aws.ToString(variable.Name) == name {
				return true
			}
		}
	}
	return false
}

// singleton tells that the service runs under a lease (images/warden/README.md, "Settings").
func (d definition) singleton() bool { return d.variable("WARDEN_LEASE_SECONDS") }

// warded tells that the warden is the image's entry point.
func (d definition) warded() bool { return d.variable("WARDEN_TABLE") }

// probed tells that ECS will hear whether each container is healthy.
func (d definition) probed() bool {
	for _, container := range d.containers {
		if container.HealthCheck == nil {
			return false
		}
	}
	return len(d.containers) > 0
}

// secrets are where the containers' secrets come from: ARNs, of a JSON value's key with :<key>:<stage>:<version> behind it.
func (d definition) secrets() []string {
	var from []string
	for _, container := range d.containers {
		for _, secret := range container.Secrets {
			from = append(from, aws.ToString(secret.ValueFrom))
		}
	}
	return from
}
