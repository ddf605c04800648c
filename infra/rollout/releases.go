package rollout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Release is what ran: the images, and the services' settings that went with them.
type Release struct {
	// ID is r and a number that grows.
	ID  string `dynamodbav:"id"`
	At  string `dynamodbav:"at"`  // RFC 3339, UTC
	Who string `dynamodbav:"who"` // as a deployment names it
	// Commit is the checkout's, with -dirty where files differed from it; empty without git.
	Commit string `dynamodbav:"commit"`
	// Back is the release that it goes back to; empty for a new one.
	Back string `dynamodbav:"back"`
	// Images are references by digest by layer.
	Images map[string]string `dynamodbav:"images"`
	// Sources are the commits by layer of the images that are built from other repositories.
	Sources map[string]string `dynamodbav:"sources,omitempty"`
	// Services is the JSON of botyard:services, with the versions that models had.
	Services string `dynamodbav:"services"`
	// Bucket is the models'; empty without any.
	Bucket string `dynamodbav:"bucket,omitempty"`
}

// counter is the item that has the last number; no release is called so.
const counter = "last"

// ErrNoRelease is a release that is not remembered.
var ErrNoRelease = errors.New("there is no such release")

// number is the release's own; 0 for what is none.
func (r Release) number() int {
	n, _ := strconv.Atoi(strings.TrimPrefix(r.ID, "r")) // every id was made of a number
	return n
}

// same tells that two releases run the same.
func (r Release) same(other Release) bool {
	return maps.Equal(r.Images, other.Images) && maps.Equal(r.Sources, other.Sources) && r.Services == other.Services
}

// Releases are those that are remembered, the newest first; none where there is no table yet.
func (r *Runner) Releases(ctx context.Context, table string) ([]Release, error) {
	var found []Release
	pages := dynamodb.NewScanPaginator(r.Tables, &dynamodb.ScanInput{TableName: aws.String(table), ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		var missing *types.ResourceNotFoundException
		if errors.As(err, &missing) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("table %s: the releases cannot be read: %w", table, err)
		}
		for _, item := range page.Items {
			var release Release
			if err := attributevalue.UnmarshalMap(item, &release); err != nil {
				return nil, fmt.Errorf("table %s: an item is no release: %w", table, err)
			}
			if release.ID != counter {
				found = append(found, release)
			}
		}
	}
	slices.SortFunc(found, func(a, b Release) int { return cmp.Compare(b.number(), a.number()) })
	return found, nil
}

// Release is the one of that id.
func (r *Runner) Release(ctx context.Context, table, id string) (Release, error) {
	all, err := r.Releases(ctx, table)
	if err != nil {
		return Release{}, err
	}
	var known []string
	for _, release := range all {
		if release.ID == id {
			return release, nil
		}
		known = append(known, release.ID)
	}
	return Release{}, fmt.Errorf("botyard:release: %s: %w; use one of %s", id, ErrNoRelease, orElse(strings.Join(known, ", "), "none: nothing has been released yet"))
}

// Remember notes what runs now, unless it is what the last release was, and forgets all but the newest keep. Its images get
// a tag of the release first, which keeps a lifecycle policy from them: the tag of a release that is not noted does no harm.
// It returns the release's id.
func (r *Runner) Remember(ctx context.Context, table string, now Release, keep int) (string, error) {
	all, err := r.Releases(ctx, table)
	if err != nil {
		return "", err
	}
	if len(all) > 0 && all[0].same(now) {
		return all[0].ID, nil
	}
	next, err := r.nextNumber(ctx, table)
	if err != nil {
		return "", err
	}
	now.ID, now.At = "r"+next, r.Clock.Now().UTC().Format(time.RFC3339)
	if err := r.tag(ctx, now); err != nil {
		return "", err
	}
	item, err := attributevalue.MarshalMap(now)
	if err != nil {
		return "", err
	}
	_, err = r.Tables.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(table), Item: item, ConditionExpression: aws.String("attribute_not_exists(id)"),
	})
	if err != nil {
		return "", fmt.Errorf("release %s: %w", now.ID, err)
	}
	r.progress("this is release " + now.ID)
	return now.ID, r.forget(ctx, table, now, all, keep-1)
}

func (r *Runner) nextNumber(ctx context.Context, table string) (string, error) {
	out, err := r.Tables.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String(table), Key: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: counter}},
		UpdateExpression: aws.String("ADD releases :one"), ReturnValues: types.ReturnValueUpdatedNew,
		ExpressionAttributeValues: map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}},
	})
	if err != nil {
		return "", fmt.Errorf("table %s: no number for a release: %w", table, err)
	}
	number, ok := out.Attributes["releases"].(*types.AttributeValueMemberN)
	if !ok {
		return "", fmt.Errorf("table %s: the item %q has no number", table, counter)
	}
	return number.Value, nil
}

// forget removes all but the newest of the releases before now, and what keeps their images and models.
func (r *Runner) forget(ctx context.Context, table string, now Release, newestFirst []Release, keep int) error {
	keep = min(len(newestFirst), max(keep, 0))
	remembered := append([]Release{now}, newestFirst[:keep]...)
	for _, old := range newestFirst[keep:] {
		if err := r.untag(ctx, old); err != nil {
			return err
		}
		if err := r.letModelsGo(ctx, old, remembered); err != nil {
			return err
		}
		_, err := r.Tables.DeleteItem(ctx, &dynamodb.DeleteItemInput{
			TableName: aws.String(table), Key: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: old.ID}},
		})
		if err != nil {
			return fmt.Errorf("release %s cannot be forgotten: %w", old.ID, err)
		}
	}
	return nil
}
