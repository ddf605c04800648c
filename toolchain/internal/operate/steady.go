package operate

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// force begins a deployment of what an ECS service runs already and returns the deployment's id.
func (f Fleet) force(ctx context.Context, service types.Service) (string, error) {
	name := aws.ToString(service.ServiceName)
	out, err := f.ECS.UpdateService(ctx, &ecs.UpdateServiceInput{
		Cluster: &f.Out.ClusterArn, Service: service.ServiceArn, ForceNewDeployment: true,
	})
	if err != nil {
		return "", fmt.Errorf("%s cannot be restarted: %w", name, err)
	}
	if id := primary(*out.Service); id != "" {
		return id, nil
	}
	return "", fmt.Errorf("%s: ECS took the restart and tells of no deployment; make status%s shows what runs", name, f.stack())
}

// primary is the id of an ECS service's newest deployment.
func primary(service types.Service) string {
	for _, d := range service.Deployments {
		if aws.ToString(d.Status) == "PRIMARY" {
			return aws.ToString(d.Id)
		}
	}
	return ""
}

// untilSteady waits until the deployment is complete and the only one. One that ECS gives up is an error.
func (f Fleet) untilSteady(ctx context.Context, arn, id string) error {
	deadline, told, toldAt := time.Now().Add(steadyWithin), "", time.Now()
	for {
		services, err := f.describe(ctx, []string{arn})
		if err != nil {
			return err
		}
		service, name := services[0], aws.ToString(services[0].ServiceName)
		done, err := f.ended(service, id)
		if done || err != nil {
			return err
		}
		state := fmt.Sprintf("%d of %d tasks run, %d about to, deployments: %d", service.RunningCount, service.DesiredCount, service.PendingCount, len(service.Deployments))
		if state != told || time.Since(toldAt) >= quietAtMost {
			fmt.Fprintf(f.Progress, "… %s: %s\n", name, state)
			told, toldAt = state, time.Now()
		}
		if !time.Now().Before(deadline) {
			return fmt.Errorf("%s is not steady within %s: %s%s. Its log says why: %s", name, steadyWithin, state, lastEvent(service), f.seeLog(f.owner(arn)))
		}
		if err := sleep(ctx, lookEvery); err != nil {
			return fmt.Errorf("%s: interrupted; its deployment goes on by itself: %w", name, err)
		}
	}
}

// ended tells whether the deployment has ended well; an end that is not well is an error.
func (f Fleet) ended(service types.Service, id string) (bool, error) {
	name := aws.ToString(service.ServiceName)
	var own, primary types.Deployment
	for _, d := range service.Deployments {
		if aws.ToString(d.Id) == id {
			own = d
		}
		if aws.ToString(d.Status) == "PRIMARY" {
			primary = d
		}
	}
	reason := aws.ToString(primary.RolloutStateReason)
	switch {
	case own.RolloutState == types.DeploymentRolloutStateFailed, aws.ToString(primary.Id) != id && strings.Contains(reason, "rolling back"):
		return false, fmt.Errorf("%s: ECS gave the new tasks up, for they did not start or were not healthy, and went back to what ran before (%s)%s. Its log says why: %s",
			name, orElse(reason, aws.ToString(own.RolloutStateReason)), lastEvent(service), f.seeLog(f.owner(aws.ToString(service.ServiceArn))))
	case aws.ToString(primary.Id) != id:
		return false, fmt.Errorf("%s: another deployment (%s) took this one's place; whoever began it has the last word", name, aws.ToString(primary.Id))
	}
	return own.RolloutState == types.DeploymentRolloutStateCompleted && len(service.Deployments) == 1, nil
}

// owner is the service that an ECS service, its own or its standby's, belongs to.
func (f Fleet) owner(arn string) string {
	for name, standby := range f.Out.StandbyArns {
		if standby == arn {
			return name
		}
	}
	return short(arn)
}

func lastEvent(service types.Service) string {
	if len(service.Events) == 0 {
		return ""
	}
	return "; its last event: " + aws.ToString(service.Events[0].Message)
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
