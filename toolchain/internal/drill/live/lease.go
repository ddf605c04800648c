package live

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// day is how long a start is remembered (images/warden/README.md).
const day = 24 * time.Hour

// lease is what the lease's item says.
type lease struct {
	holder, task string
	token, beat  int64
	healthy      bool
	starts       int // of the holder's revision, within the last day
}

func (t Target) lease(ctx context.Context) (lease, error) {
	out, err := t.Leases.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &t.Table, ConsistentRead: aws.Bool(true),
		Key: map[string]types.AttributeValue{"service": &types.AttributeValueMemberS{Value: t.Name}},
	})
	if err != nil {
		return lease{}, fmt.Errorf("cannot read the lease of %s in table %s: %w", t.Name, t.Table, err)
	}
	l := lease{holder: text(out.Item["holder"]), task: text(out.Item["task"])}
	if healthy, ok := out.Item["healthy"].(*types.AttributeValueMemberBOOL); ok {
		l.healthy = healthy.Value
	}
	for name, to := range map[string]*int64{"token": &l.token, "beat": &l.beat} {
		if *to, err = whole(out.Item[name]); err != nil {
			return l, fmt.Errorf("the lease of %s has a %s that is no whole number: %w", t.Name, name, err)
		}
	}
	starts, _ := out.Item["starts"].(*types.AttributeValueMemberL)
	if starts == nil {
		return l, nil
	}
	for _, entry := range starts.Value {
		start, _ := entry.(*types.AttributeValueMemberM)
		if start == nil {
			continue
		}
		at, err := whole(start.Value["t"])
		if err != nil {
			return l, fmt.Errorf("the lease of %s has a start whose time is no whole number: %w", t.Name, err)
		}
		if text(start.Value["r"]) == text(out.Item["revision"]) && time.Since(time.Unix(at, 0)) < day {
			l.starts++
		}
	}
	return l, nil
}

// text is a string attribute, "" for none.
func text(value types.AttributeValue) string {
	if s, ok := value.(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

// whole is a number attribute, 0 for none: a lease that nobody has ever held has no token.
func whole(value types.AttributeValue) (int64, error) {
	if n, ok := value.(*types.AttributeValueMemberN); ok {
		return strconv.ParseInt(n.Value, 10, 64)
	}
	return 0, nil
}
