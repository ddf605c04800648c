package rollout

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// lease is what a rollout needs to know of a lease's item; images/warden/README.md lists all its members.
type lease struct {
	holder   bool   // somebody holds it
	healthy  bool   // the holder's probe holds
	revision string // the holder's, as family:revision
	good     string // the last revision whose probe held
	task     string // the holder's task ARN
}

func (r *Runner) lease(ctx context.Context, h Holder) (lease, error) {
	out, err := r.Leases.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(h.Table), ConsistentRead: aws.Bool(true),
		Key: map[string]types.AttributeValue{"service": &types.AttributeValueMemberS{Value: h.Name}},
	})
	if err != nil {
		return lease{}, fmt.Errorf("service %s: its lease in table %s: %w", h.Name, h.Table, err)
	}
	text := func(name string) string {
		value, _ := out.Item[name].(*types.AttributeValueMemberS)
		if value == nil {
			return ""
		}
		return value.Value
	}
	healthy, _ := out.Item["healthy"].(*types.AttributeValueMemberBOOL)
	return lease{
		holder: text("holder") != "", healthy: healthy != nil && healthy.Value,
		revision: text("revision"), good: text("good"), task: text("task"),
	}, nil
}
