package status

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"

	"botyard/toolchain/internal/outputs"
)

// Lease is a singleton's lease, as its item tells it (images/warden/README.md).
type Lease struct {
	State   string     `json:"state"`             // "held", "expired" (nobody has renewed it in time), "free" (nobody holds it)
	Task    string     `json:"task,omitempty"`    // the holder's task: the first 8 characters of its id
	Token   int64      `json:"token"`             // the fencing token, that of the last holder if free
	Renewed *time.Time `json:"renewed,omitempty"` // the item's last write, UTC, by the writer's clock, to the second
	Expires *time.Time `json:"expires,omitempty"` // when another may take it: Renewed and the lease's length
}

// Leases is the part of DynamoDB that is used.
type Leases interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
}

// kept is how long after its last write DynamoDB removes an item: the warden writes the moment of that as "expires", the
// table's TTL, and no other time of a write.
const kept = 30 * 24 * time.Hour

// leases are those of the stack's singletons, by service. Only a singleton has ever written an item.
func leases(ctx context.Context, client Leases, out outputs.Outputs, now time.Time) (map[string]*Lease, error) {
	names := out.Services()
	found := make([]*Lease, len(names))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i, name := range names {
		group.Go(func() error {
			answer, err := client.GetItem(ctx, &dynamodb.GetItemInput{
				TableName: &out.LeaseTable, ConsistentRead: aws.Bool(true),
				Key: map[string]types.AttributeValue{"service": &types.AttributeValueMemberS{Value: name}},
			})
			if err != nil {
				return fmt.Errorf("lease of %s in table %s: %w", name, out.LeaseTable, err)
			}
			if found[i], err = decode(answer.Item, now); err != nil {
				return fmt.Errorf("lease of %s in table %s: %w", name, out.LeaseTable, err)
			}
			if _, singleton := out.StandbyArns[name]; singleton && found[i] == nil {
				found[i] = &Lease{State: "free"}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	byName := map[string]*Lease{}
	for i, name := range names {
		byName[name] = found[i]
	}
	return byName, nil
}

// decode makes a lease of an item, nil of one that no lease was ever taken of: a service without a lease notes its starts
// there, too.
func decode(item map[string]types.AttributeValue, now time.Time) (*Lease, error) {
	number := map[string]int64{}
	for _, name := range []string{"token", "expires", "seconds"} {
		attribute, ok := item[name].(*types.AttributeValueMemberN)
		if !ok {
			continue
		}
		value, err := strconv.ParseInt(attribute.Value, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("its %s is %q; right would be a whole number", name, attribute.Value)
		}
		number[name] = value
	}
	if number["token"] == 0 {
		return nil, nil
	}
	l := &Lease{State: "free", Token: number["token"]}
	if number["expires"] != 0 {
		l.Renewed = aws.Time(time.Unix(number["expires"], 0).Add(-kept).UTC())
	}
	if text(item["holder"]) == "" {
		return l, nil
	}
	l.State, l.Task = "held", shortID(text(item["task"]))
	if l.Renewed != nil {
		l.Expires = aws.Time(l.Renewed.Add(time.Duration(number["seconds"]) * time.Second))
		if now.After(*l.Expires) {
			l.State = "expired"
		}
	}
	return l, nil
}

// shortID is the first 8 characters of the id at the end of an ARN.
func shortID(arn string) string {
	id := arn[strings.LastIndex(arn, "/")+1:]
	const shown = 8
	return id[:min(shown, len(id))]
}

// text is a string attribute, "" for none.
func text(value types.AttributeValue) string {
	if s, ok := value.(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}
