// Package dynamo keeps a lease's item in DynamoDB, one item a service. The names of its attributes are read by other
// programs and are frozen.
package dynamo

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/logging"

	"botyard/warden/internal/lease"
)

// keep is how long an item that nobody writes stays in the table. It has no part in any decision.
const keep = 30 * 24 * time.Hour

// ErrConflict is a write whose condition did not hold.
var ErrConflict = errors.New("the item is not as expected any more")

// Store is one service's item.
type Store struct {
	client  *dynamodb.Client
	table   string
	service string
	unix    func() int64
}

// Open takes region, credentials and endpoint from where the AWS SDK looks by itself. It sends nothing yet.
func Open(ctx context.Context, table, service string) (*Store, error) {
	cfg, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("AWS settings: %w", err)
	}
	if cfg.Region == "" {
		return nil, errors.New("AWS settings: there is no region; right would be AWS_REGION, which ECS sets by itself")
	}
	client := dynamodb.NewFromConfig(cfg, func(o *dynamodb.Options) {
		// Each call is one try within its context; the lease's rules decide about the next.
		o.Retryer = aws.NopRetryer{}
		o.Logger = logging.Nop{} // its lines are no JSON, and what fails is told by the error
	})
	return &Store{client: client, table: table, service: service, unix: func() int64 { return time.Now().Unix() }}, nil
}

// Read returns the item, consistently; one that does not exist is empty.
func (s *Store) Read(ctx context.Context) (lease.Item, error) {
	out, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &s.table, Key: s.key(), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return lease.Item{}, fmt.Errorf("cannot read the item %q of the table %q: %w", s.service, s.table, err)
	}
	return decode(out.Item)
}

// Identity is what a holder says of itself.
type Identity struct {
	Task, Revision, Address string
	Number                  int64 // of the revision, 0 when unknown
	Lease                   time.Duration
}

// Take makes holder the lease's holder if the item is still as the call expects.
func (s *Store) Take(ctx context.Context, c lease.Call, id Identity) (lease.Item, error) {
	u := newUpdate()
	u.set("holder", text(c.Holder)).set("token", number(c.Token)).add("beat", 1)
	u.set("leaving", yes(false)).set("healthy", yes(false)).set("task", text(id.Task)).set("revision", text(id.Revision))
	u.set("seconds", &types.AttributeValueMemberN{Value: strconv.FormatFloat(id.Lease.Seconds(), 'f', -1, 64)})
	if id.Number != 0 {
		// Also a lower one: after a rollback the pause for the newer revision is over, and must not be made again.
		u.set("wanted", number(id.Number))
	}
	if id.Address == "" {
		u.remove("address")
	} else {
		u.set("address", text(id.Address))
	}
	switch v := c.Expect; {
	case v.Holder != "":
		u.expect("holder", text(v.Holder)).expect("token", number(v.Token)).expect("beat", number(v.Beat))
	case v.Token != 0:
		u.expectNone("holder").expect("token", number(v.Token))
	default:
		u.expectNone("holder").expectNone("token")
	}
	return s.write(ctx, u)
}

// Report is what changes while a lease is held.
type Report struct {
	Healthy bool
	Good    string        // set when not empty
	Starts  []lease.Start // set when not nil
}

// Renew writes a new beat if the lease is still the call's.
func (s *Store) Renew(ctx context.Context, c lease.Call, r Report) (lease.Item, error) {
	u := newUpdate()
	u.add("beat", 1).set("leaving", yes(c.Leaving)).set("healthy", yes(r.Healthy))
	if r.Good != "" {
		u.set("good", text(r.Good))
	}
	if r.Starts != nil {
		u.set("starts", startList(r.Starts))
	}
	u.expect("holder", text(c.Holder)).expect("token", number(c.Token))
	return s.write(ctx, u)
}

// Release frees the lease if it is still the call's. The token stays, so that the next one is higher.
func (s *Store) Release(ctx context.Context, c lease.Call) (lease.Item, error) {
	u := newUpdate()
	u.add("beat", 1).set("leaving", yes(false)).set("healthy", yes(false)).remove("holder").remove("address")
	u.expect("holder", text(c.Holder)).expect("token", number(c.Token))
	return s.write(ctx, u)
}

// Want notes that a revision waits, if no higher one has.
func (s *Store) Want(ctx context.Context, revision int64) (lease.Item, error) {
	u := newUpdate()
	u.set("wanted", number(revision))
	u.expectNoneOrLess("wanted", number(revision))
	return s.write(ctx, u)
}

// NoteStarts remembers starts of a service that has no lease, if the item's beat is still the one that was read with
// the earlier starts.
func (s *Store) NoteStarts(ctx context.Context, beat int64, starts []lease.Start) (lease.Item, error) {
	u := newUpdate()
	u.set("starts", startList(starts)).add("beat", 1)
	if beat == 0 {
		u.expectNone("beat")
	} else {
		u.expect("beat", number(beat))
	}
	return s.write(ctx, u)
}

func (s *Store) key() map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"service": text(s.service)}
}

func (s *Store) write(ctx context.Context, u *update) (lease.Item, error) {
	u.set("expires", number(s.unix()+int64(keep/time.Second)))
	out, err := s.client.UpdateItem(ctx, u.input(s.table, s.key()))
	var failed *types.ConditionalCheckFailedException
	switch {
	case errors.As(err, &failed):
		return lease.Item{}, ErrConflict
	case err != nil:
		return lease.Item{}, fmt.Errorf("cannot write the item %q of the table %q: %w", s.service, s.table, err)
	}
	return decode(out.Attributes)
}
