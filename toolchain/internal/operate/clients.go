// Package operate does to running services what is done by hand from day to day: it restarts, scales and enters them, and
// runs commands beside them.
package operate

import (
	"context"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"botyard/toolchain/internal/outputs"
)

// ECS is the part of the ECS API that is used.
type ECS interface {
	DescribeServices(context.Context, *ecs.DescribeServicesInput, ...func(*ecs.Options)) (*ecs.DescribeServicesOutput, error)
	DescribeTaskDefinition(context.Context, *ecs.DescribeTaskDefinitionInput, ...func(*ecs.Options)) (*ecs.DescribeTaskDefinitionOutput, error)
	DescribeTasks(context.Context, *ecs.DescribeTasksInput, ...func(*ecs.Options)) (*ecs.DescribeTasksOutput, error)
	ListTasks(context.Context, *ecs.ListTasksInput, ...func(*ecs.Options)) (*ecs.ListTasksOutput, error)
	RunTask(context.Context, *ecs.RunTaskInput, ...func(*ecs.Options)) (*ecs.RunTaskOutput, error)
	UpdateService(context.Context, *ecs.UpdateServiceInput, ...func(*ecs.Options)) (*ecs.UpdateServiceOutput, error)
}

// Leases is the part of DynamoDB that is used.
type Leases interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
}

// Fleet is the services of one stack.
type Fleet struct {
	Out      outputs.Outputs
	Stack    string // its name
	ECS      ECS
	Leases   Leases
	Progress io.Writer // gets a line for each thing that a person who waits would want to know
}

const (
	lookEvery    = 2 * time.Second
	steadyWithin = 20 * time.Minute // a host that boots takes minutes before it can place a task
	holderWithin = 3 * time.Minute  // from the end of a deployment to a holder of the lease whose probe holds
	quietAtMost  = 30 * time.Second // without news for this long, the state is told again
)

// sleep waits, and is over at once with ctx.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
