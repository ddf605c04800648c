package status

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Deploy is the stack's last deploy, as far as ECS still knows it: it forgets a deployment that it rolled back once its
// tasks are gone.
type Deploy struct {
	At       time.Time `json:"at"`               // when the newest deployment began, UTC
	Services []string  `json:"services"`         // those that got a deployment then, sorted
	State    string    `json:"state"`            // "completed", "in progress", "failed": the worst of them
	Reason   string    `json:"reason,omitempty"` // ECS's, of one that failed, after its service's name
}

// oneDeploy is how far apart the deployments of one update begin at most: services that need each other come in turn.
const oneDeploy = 10 * time.Minute

// lastDeploy is the newest deployment of any service, together with the others of the same update; nil without any.
func lastDeploy(all []seen) *Deploy {
	var d *Deploy
	for _, s := range all {
		for _, each := range s.deployments {
			if at := each.CreatedAt; at != nil && (d == nil || at.After(d.At)) {
				d = &Deploy{At: at.UTC(), Services: []string{}, State: "completed"}
			}
		}
	}
	if d == nil {
		return nil
	}
	for _, s := range all {
		for _, each := range s.deployments {
			if each.CreatedAt != nil && d.At.Sub(*each.CreatedAt) < oneDeploy {
				d.add(s.row.Name, each)
			}
		}
	}
	return d
}

func (d *Deploy) add(service string, deployment types.Deployment) {
	if !slices.Contains(d.Services, service) {
		d.Services = append(d.Services, service)
	}
	switch {
	case deployment.RolloutState == types.DeploymentRolloutStateFailed && d.State != "failed":
		d.State, d.Reason = "failed", service+": "+aws.ToString(deployment.RolloutStateReason)
	case deployment.RolloutState == types.DeploymentRolloutStateInProgress && d.State == "completed":
		d.State = "in progress"
	}
}

// since is when the deployment began that started the running task, so an image that a stuck update has not replaced yet
// keeps its age. A task definition's registeredAt would not do: after a rollback it tells an age that counts the time in
// which another image ran.
func since(deployments []types.Deployment, startedBy string) *time.Time {
	for _, d := range deployments {
		if aws.ToString(d.Id) == startedBy && d.CreatedAt != nil {
			return aws.Time(d.CreatedAt.UTC())
		}
	}
	return nil
}
