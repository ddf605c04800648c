package operate

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// lease is what the lease's item says (images/warden/README.md, "The item").
type lease struct {
	task    string // the holder's, "" while nobody holds it
	healthy bool   // the holder's probe holds
}

func (f Fleet) lease(ctx context.Context, name string) (lease, error) {
	out, err := f.Leases.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &f.Out.LeaseTable, ConsistentRead: aws.Bool(true),
		Key: map[string]types.AttributeValue{"service": &types.AttributeValueMemberS{Value: name}},
	})
	if err != nil {
		return lease{}, fmt.Errorf("cannot read the lease of %s in table %s: %w", name, f.Out.LeaseTable, err)
	}
	if text(out.Item["holder"]) == "" {
		return lease{}, nil
	}
	healthy, _ := out.Item["healthy"].(*types.AttributeValueMemberBOOL)
	return lease{task: text(out.Item["task"]), healthy: healthy != nil && healthy.Value}, nil
}

// text is a string attribute, "" for none.
func text(value types.AttributeValue) string {
	if s, ok := value.(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

// holding is the ECS service whose task holds the lease, "" if that cannot be told: nobody holds it, or a task of none.
func (f Fleet) holding(ctx context.Context, services []ecstypes.Service, held lease) (string, error) {
	for _, service := range services {
		tasks, err := f.tasks(ctx, aws.ToString(service.ServiceName))
		if err != nil {
			return "", err
		}
		for _, task := range tasks {
			if held.task != "" && aws.ToString(task.TaskArn) == held.task {
				return aws.ToString(service.ServiceName), nil
			}
		}
	}
	return "", nil
}

// untilHeld waits until one of the services' tasks holds the lease and its probe holds. To ECS a task that waits for the
// lease is healthy, so that a deployment can be complete before anything new has run.
func (f Fleet) untilHeld(ctx context.Context, name string, services []ecstypes.Service) error {
	for deadline := time.Now().Add(holderWithin); ; {
		held, err := f.lease(ctx, name)
		if err != nil {
			return err
		}
		by, err := f.holding(ctx, services, held)
		switch {
		case err != nil:
			return err
		case by != "" && held.healthy:
			return nil
		case !time.Now().Before(deadline):
			return fmt.Errorf("%s: its new tasks are there, but %s after that %s. Its log says why: %s", name, holderWithin, missing(by), f.seeLog(name))
		}
		if err := sleep(ctx, lookEvery); err != nil {
			return fmt.Errorf("%s: interrupted while it takes its lease, which goes on by itself: %w", name, err)
		}
	}
}

func missing(holding string) string {
	if holding == "" {
		return "none of them holds the lease"
	}
	return "the probe of the one that holds the lease does not hold"
}
