package live

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
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

// lease is what the lease's item says.
type lease struct {
	holder, task string
	token, beat  int64
	healthy      bool
}

func (t Target) lease(ctx context.Context) (lease, error) {
	out, err := t.Leases.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &t.Table, ConsistentRead: aws.Bool(true),
		Key: map[string]dynamotypes.AttributeValue{"service": &dynamotypes.AttributeValueMemberS{Value: t.Name}},
	})
	if err != nil {
		return lease{}, fmt.Errorf("cannot read the lease of %s in table %s: %w", t.Name, t.Table, err)
	}
	text := func(name string) string {
		if value, ok := out.Item[name].(*dynamotypes.AttributeValueMemberS); ok {
			return value.Value
		}
		return ""
	}
	l := lease{holder: text("holder"), task: text("task")}
	if healthy, ok := out.Item["healthy"].(*dynamotypes.AttributeValueMemberBOOL); ok {
		l.healthy = healthy.Value
	}
	for name, to := range map[string]*int64{"token": &l.token, "beat": &l.beat} {
		value, ok := out.Item[name].(*dynamotypes.AttributeValueMemberN)
		if !ok {
			continue // a lease that nobody has ever held
		}
		if *to, err = strconv.ParseInt(value.Value, 10, 64); err != nil {
			return l, fmt.Errorf("the lease of %s has a %s that is no whole number: %w", t.Name, name, err)
		}
	}
	return l, nil
}

// LeaseTime is how long a lease lasts unless it is renewed, as the warden in the running tasks was told.
func (t Target) LeaseTime(ctx context.Context) (time.Duration, error) {
	service, err := t.service(ctx)
	if err != nil {
		return 0, err
	}
	out, err := t.ECS.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: service.TaskDefinition})
	if err != nil {
		return 0, fmt.Errorf("cannot read the task definition of %s: %w", t.Name, err)
	}
	for _, container := range out.TaskDefinition.ContainerDefinitions {
		for _, variable := range container.Environment {
			if aws.ToString(variable.Name) != "WARDEN_LEASE_SECONDS" {
				continue
			}
			seconds, err := strconv.Atoi(aws.ToString(variable.Value))
			if err != nil {
				return 0, fmt.Errorf("WARDEN_LEASE_SECONDS of %s is no whole number: %w", t.Name, err)
			}
			return time.Duration(seconds) * time.Second, nil
		}
	}
	return 0, fmt.Errorf("service %s has no lease (no WARDEN_LEASE_SECONDS in %s); right would be a singleton", t.Name, aws.ToString(service.TaskDefinition))
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
