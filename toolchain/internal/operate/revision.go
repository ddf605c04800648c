package operate

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"botyard/toolchain/internal/dev"
)

// The variables by which the warden is told what to watch (images/warden/README.md, "Settings").
const (
	watchVariable  = "WARDEN_WATCH"
	ignoreVariable = "WARDEN_WATCH_IGNORE"
)

// sourceVolume is the name of the volume that the source is mounted by.
const sourceVolume = "botyard-dev-source"

// fromSource is the task definition with the source mounted and watched, and without the health check, which would end a
// task that is being mended.
func fromSource(d types.TaskDefinition, tags []types.Tag, name string, mount dev.Mount) (*ecs.RegisterTaskDefinitionInput, error) {
	if known := (definition{containers: d.ContainerDefinitions}); !known.warded() {
		return nil, fmt.Errorf("the image of %s does not start with the warden, which restarts a service after an edit; right would be an image that uses the layer warden (README.md, \"Bring your own bot\")", name)
	} else if known.variable(watchVariable) {
		return nil, fmt.Errorf("%s runs from a source already, and no note says what ran before: right would be make down and make up, which begin anew", name)
	}
	in := registration(d, tags)
	in.Volumes = append(in.Volumes[:len(in.Volumes):len(in.Volumes)], types.Volume{Name: aws.String(sourceVolume), Host: &types.HostVolumeProperties{SourcePath: &mount.Folder}})
	in.ContainerDefinitions = append([]types.ContainerDefinition{}, d.ContainerDefinitions...)
	for i := range in.ContainerDefinitions {
		c := &in.ContainerDefinitions[i]
		if aws.ToString(c.Name) != name {
			continue
		}
		c.HealthCheck = nil
		c.MountPoints = append(c.MountPoints[:len(c.MountPoints):len(c.MountPoints)], types.MountPoint{
			SourceVolume: aws.String(sourceVolume), ContainerPath: &mount.Path, ReadOnly: aws.Bool(true),
		})
		c.Environment = append(c.Environment[:len(c.Environment):len(c.Environment)], types.KeyValuePair{Name: aws.String(watchVariable), Value: &mount.Path})
		if len(mount.Ignored) > 0 {
			c.Environment = append(c.Environment, types.KeyValuePair{Name: aws.String(ignoreVariable), Value: aws.String(strings.Join(mount.Ignored, ":"))})
		}
		return in, nil
	}
	return nil, fmt.Errorf("the task definition of %s has no container of that name", name)
}

// registration registers a task definition as it is: what DescribeTaskDefinition tells and RegisterTaskDefinition takes.
func registration(d types.TaskDefinition, tags []types.Tag) *ecs.RegisterTaskDefinitionInput {
	if len(tags) == 0 {
		tags = nil // none may be sent, but no empty list
	}
	return &ecs.RegisterTaskDefinitionInput{
		Family: d.Family, ContainerDefinitions: d.ContainerDefinitions, Cpu: d.Cpu, Memory: d.Memory,
		EnableFaultInjection: d.EnableFaultInjection, EphemeralStorage: d.EphemeralStorage, ExecutionRoleArn: d.ExecutionRoleArn,
		IpcMode: d.IpcMode, NetworkMode: d.NetworkMode, PidMode: d.PidMode,
		PlacementConstraints: d.PlacementConstraints, ProxyConfiguration: d.ProxyConfiguration,
		RequiresCompatibilities: d.RequiresCompatibilities, RuntimePlatform: d.RuntimePlatform, TaskRoleArn: d.TaskRoleArn,
		Volumes: d.Volumes, Tags: tags,
	}
}
