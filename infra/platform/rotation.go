package platform

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// RotationArgs describes which services a secret's new value restarts. All are required.
type RotationArgs struct {
	Cluster   *Cluster
	Region    string
	AccountID string
	Names     Namer
	// Services are those that use secrets.
	Services []Rotated
}

// Rotated is a service with the ARNs of the secrets and SSM parameters that its containers are started with.
type Rotated struct {
	Name    string
	Service *Service
	Secrets pulumi.StringArray
}

// Rotation restarts a service when one of its secrets gets a new value, whoever sets it: the AWS console, the AWS CLI or a
// rotation of Secrets Manager. A container gets its secrets when it starts. What make secret sets it leaves alone, which
// restarts by itself.
type Rotation struct {
	pulumi.ResourceState

	args *RotationArgs
}

// NewRotation declares, for each service, the rules and the document that restart it.
func NewRotation(ctx *pulumi.Context, name string, args *RotationArgs, opts ...pulumi.ResourceOption) (*Rotation, error) {
	r := &Rotation{args: args}
	return r, build(ctx, "Rotation", name, r, opts, func(child pulumi.ResourceOption) error {
		for _, service := range args.Services {
			if err := r.restart(ctx, name+"-"+service.Name, service, child); err != nil {
				return fmt.Errorf("service %s: %w", service.Name, err)
			}
		}
		return nil
	})
}

func (r *Rotation) outputs() pulumi.Map { return pulumi.Map{} }

// restart declares what restarts one service, by the names of the cluster and of its ECS services, the standby's first.
func (r *Rotation) restart(ctx *pulumi.Context, name string, service Rotated, child pulumi.ResourceOption) error {
	services := pulumi.StringArray{service.Service.Arn}
	if standby := service.Service.Standby; standby != nil {
		services = pulumi.StringArray{*standby, service.Service.Arn}
	}
	automation := automation{
		site:        site{r.args.Names, r.args.Region, r.args.AccountID},
		description: "Restart " + service.Name + " when one of its secrets has a new value",
		steps:       restartSteps,
		permissions: policyOf(services, restartPermissions),
	}
	for secrets := range slices.Chunk(service.Secrets, secretsOfARule) {
		automation.patterns = append(automation.patterns, newValue(secrets))
	}
	return automation.declare(ctx, name, append(pulumi.StringArray{r.args.Cluster.Name}, services...), child)
}

// restartPermissions let the document restart these services and no others, and see when all but the last are steady.
func restartPermissions(services []string) []statement {
	statements := []statement{allow(services, "ecs:UpdateService")}
	if watched := services[:len(services)-1]; len(watched) > 0 {
		statements = append(statements, allow(watched, "ecs:DescribeServices"))
	}
	return statements
}

// steadySeconds is how long a standby may take to be steady: a host that boots takes minutes before it can place a task.
const steadySeconds = 1800

// restartSteps force a deployment of each service, one after the other. Of a singleton the standby comes first: the bot that
// lets go of its lease then meets a copy that is new, and changes hands once. (Twice, if it is the standby that works: whose
// task holds the lease cannot be asked in a document; make restart asks.) A standby that does not become steady ends the run,
// and what works goes on as it is.
func restartSteps(names []string) []map[string]any {
	cluster, services := names[0], names[1:]
	var steps []map[string]any
	for i, service := range services {
		last := i == len(services)-1
		restart := map[string]any{"name": numbered("restart", i), "action": "aws:executeAwsApi", "inputs": map[string]any{
			"Service": "ecs", "Api": "UpdateService", "cluster": cluster, "service": service, "forceNewDeployment": true,
		}}
		if steps = append(steps, restart); last {
			restart["isEnd"] = true
			continue
		}
		// ECS answers with the newest deployment first.
		steps = append(steps, map[string]any{
			"name": numbered("steady", i), "action": "aws:waitForAwsResourceProperty", "timeoutSeconds": steadySeconds, "inputs": map[string]any{
				"Service": "ecs", "Api": "DescribeServices", "cluster": cluster, "services": []string{service},
				"PropertySelector": "$.services[0].deployments[0].rolloutState", "DesiredValues": []string{"COMPLETED"},
			},
		})
	}
	return steps
}
