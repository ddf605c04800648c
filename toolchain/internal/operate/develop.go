package operate

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"botyard/toolchain/internal/dev"
)

// noGrace is the longest that ECS may be told to overlook failed checks after a start, seconds: no check ends a task that is
// developed. Source: Amazon ECS API reference, UpdateService, healthCheckGracePeriodSeconds.
const noGrace = math.MaxInt32

// Revisions is the part of the ECS API that makes and removes task definitions.
type Revisions interface {
	RegisterTaskDefinition(context.Context, *ecs.RegisterTaskDefinitionInput, ...func(*ecs.Options)) (*ecs.RegisterTaskDefinitionOutput, error)
	DeregisterTaskDefinition(context.Context, *ecs.DeregisterTaskDefinitionInput, ...func(*ecs.Options)) (*ecs.DeregisterTaskDefinitionOutput, error)
}

// Developer runs a service of the fleet from its source, and puts it back.
type Developer struct {
	Fleet
	Revisions Revisions
	Keep      func(dev.Note) error // keeps the note before what it undoes is done
}

// Begin has a service run from a source. Whatever the error, the note, unless it is empty, says what is to be put back.
//
// What runs is a revision of the service's own task definition with the source mounted, so that a singleton's lease prefers
// it over whoever waits for the deployed one. A singleton's standby stops: it would take over with the deployed code.
func (d Developer) Begin(ctx context.Context, name, source string, mount dev.Mount) (dev.Note, error) {
	services, err := d.standing(ctx, name)
	if err != nil {
		return dev.Note{}, err
	}
	own := services[0]
	if own.DesiredCount == 0 {
		return dev.Note{}, fmt.Errorf("%s is scaled to 0 tasks, so there is nothing to run from its source. Right would be make scale SERVICE=%s REPLICAS=1", name, name)
	}
	told, err := d.ECS.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: own.TaskDefinition, Include: []types.TaskDefinitionField{types.TaskDefinitionFieldTags}})
	if err != nil {
		return dev.Note{}, fmt.Errorf("cannot read the task definition %s: %w", short(aws.ToString(own.TaskDefinition)), err)
	}
	revision, err := fromSource(*told.TaskDefinition, told.Tags, name, mount)
	if err != nil {
		return dev.Note{}, err
	}
	note := noteOf(name, source, services)
	if err := d.Keep(note); err != nil {
		return dev.Note{}, err
	}
	// Without ctx: an interruption must not leave a revision that is not known.
	made, err := d.Revisions.RegisterTaskDefinition(context.WithoutCancel(ctx), revision)
	if err != nil {
		return note, fmt.Errorf("the task definition that runs the source cannot be made: %w", err)
	}
	note.Revision = aws.ToString(made.TaskDefinition.TaskDefinitionArn)
	if err := d.Keep(note); err != nil {
		return note, err
	}
	return note, d.switchTo(ctx, note, own)
}

func noteOf(name, source string, services []types.Service) dev.Note {
	own := services[0]
	note := dev.Note{Service: name, Source: source, Began: time.Now().UTC().Truncate(time.Second), Own: dev.Own{
		ARN: aws.ToString(own.ServiceArn), TaskDefinition: aws.ToString(own.TaskDefinition),
	}}
	if c := own.DeploymentConfiguration; c != nil && c.DeploymentCircuitBreaker != nil {
		note.Own.Breaker, note.Own.Rollback = c.DeploymentCircuitBreaker.Enable, c.DeploymentCircuitBreaker.Rollback
	}
	if len(own.LoadBalancers) > 0 {
		note.Own.Grace = aws.Int32(aws.ToInt32(own.HealthCheckGracePeriodSeconds))
	}
	if len(services) > 1 {
		note.Standby = &dev.Standby{ARN: aws.ToString(services[1].ServiceArn), Desired: services[1].DesiredCount}
	}
	return note
}

// switchTo deploys the revision, with nothing that would take it back, and stops the standby.
func (d Developer) switchTo(ctx context.Context, note dev.Note, own types.Service) error {
	in := &ecs.UpdateServiceInput{
		Cluster: &d.Out.ClusterArn, Service: &note.Own.ARN, TaskDefinition: &note.Revision,
		DeploymentConfiguration: breaker(false, false),
	}
	if note.Own.Grace != nil { // ECS takes it only of a service behind a load balancer
		in.HealthCheckGracePeriodSeconds = aws.Int32(noGrace)
	}
	if _, err := d.ECS.UpdateService(ctx, in); err != nil {
		return fmt.Errorf("%s cannot be run from its source: %w", aws.ToString(own.ServiceName), err)
	}
	if note.Standby == nil {
		return nil
	}
	_, err := d.ECS.UpdateService(ctx, &ecs.UpdateServiceInput{Cluster: &d.Out.ClusterArn, Service: &note.Standby.ARN, DesiredCount: aws.Int32(0)})
	if err != nil {
		return fmt.Errorf("the standby of %s cannot be stopped, which would take over with the deployed code: %w", note.Service, err)
	}
	return nil
}

// breaker is a deployment configuration of which only the circuit breaker is said: ECS keeps the rest.
// Source: Amazon ECS API reference, UpdateService.
func breaker(on, rollback bool) *types.DeploymentConfiguration {
	return &types.DeploymentConfiguration{DeploymentCircuitBreaker: &types.DeploymentCircuitBreaker{Enable: on, Rollback: rollback}}
}

// UntilLive waits until the service's tasks are those that run the source and, of a singleton, until one of them holds the
// lease. It waits as long as ctx: of a source that does not start the log says why, and the next edit may mend it.
func (d Developer) UntilLive(ctx context.Context, note dev.Note) error {
	for told := ""; ; {
		services, err := d.describe(ctx, arnsOf(note))
		if err != nil {
			return err
		}
		state, live, err := d.living(ctx, note, services)
		if live || err != nil {
			return err
		}
		if state != told {
			fmt.Fprintf(d.Progress, "… %s: %s\n", note.Service, state)
			told = state
		}
		if err := sleep(ctx, time.Second); err != nil {
			return err
		}
	}
}

func (d Developer) living(ctx context.Context, note dev.Note, services []types.Service) (state string, live bool, err error) {
	service := services[0]
	if now := aws.ToString(service.TaskDefinition); now != note.Revision {
		return "", false, fmt.Errorf("%s: somebody has deployed %s meanwhile, in place of its source", note.Service, short(now))
	}
	for _, deployment := range service.Deployments {
		if aws.ToString(deployment.TaskDefinition) != note.Revision && deployment.RunningCount > 0 {
			return "the deployed image runs until the source does", false, nil
		}
	}
	if service.RunningCount < service.DesiredCount {
		return fmt.Sprintf("%d of %d tasks run", service.RunningCount, service.DesiredCount), false, nil
	}
	if note.Standby == nil {
		return "", true, nil
	}
	if services[1].RunningCount > 0 {
		return "its standby stops", false, nil
	}
	held, err := d.lease(ctx, note.Service)
	if err != nil {
		return "", false, err
	}
	by, err := d.holding(ctx, services[:1], held)
	return "it waits for its lease", by != "", err
}
