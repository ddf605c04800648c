package live

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"botyard/toolchain/internal/drill"
	"botyard/toolchain/internal/outputs"
)

// Target is the service that is drilled.
type Target struct {
	Name     string // the singleton's: its lease's, its container's and its ECS service's
	Cluster  string
	Services []string // ARNs of the ECS services that run it: its own and, with a standby, its standby's
	Table    string
	ECS      ECS
	Leases   Leases
}

// Find is the service among the stack's outputs. It must be one that a drill can measure.
func Find(out outputs.Outputs, name string) (Target, error) {
	arn, ok := out.ServiceArns[name]
	if !ok {
		return Target{}, fmt.Errorf("there is no service %q in the stack; it has %s", name, strings.Join(out.Services(), ", "))
	}
	if out.LeaseTable == "" {
		return Target{}, fmt.Errorf("the stack has no output leaseTable, so service %s has no lease to drill: a singleton has one (singleton: true)", name)
	}
	path := out.PublicPaths[name]
	if covered := strings.HasPrefix(drill.WebhookPath, strings.TrimSuffix(path, "*")); path == "" || !covered || out.PublicURL == "" {
		return Target{}, fmt.Errorf("service %s does not answer on %s at the load balancer, which is where a drill measures; "+
			"right would be one with public: {path: /webhooks/*}, such as bot", name, drill.WebhookPath)
	}
	t := Target{Name: name, Cluster: out.ClusterArn, Services: []string{arn}, Table: out.LeaseTable}
	if standby, ok := out.StandbyArns[name]; ok {
		t.Services = append(t.Services, standby)
	}
	return t, nil
}

// service is the service's own ECS service, not its standby's.
func (t Target) service(ctx context.Context) (types.Service, error) {
	out, err := t.ECS.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: &t.Cluster, Services: t.Services[:1]})
	if err != nil {
		return types.Service{}, fmt.Errorf("cannot ask ECS for service %s: %w", t.Name, err)
	}
	if len(out.Services) == 0 {
		return types.Service{}, fmt.Errorf("ECS has no service %s: run up first", t.Services[0])
	}
	return out.Services[0], nil
}
