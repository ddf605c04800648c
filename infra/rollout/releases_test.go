package rollout

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	ecrtypes "github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/stretchr/testify/require"
)

// memory is a table of releases and the registry with their images, as far as a release needs them.
type memory struct {
	Registry // nil: nobody asks for a scan
	missing  bool
	count    int
	items    map[string]map[string]types.AttributeValue
	tags     map[string][]string // repository@digest → tags, in the order in which they were put
	calls    []string
}

func newMemory() *memory {
	return &memory{items: map[string]map[string]types.AttributeValue{}, tags: map[string][]string{}}
}

func (m *memory) runner() *Runner {
	w := &world{}
	r := w.runner()
	r.Tables, r.Registry = m, m
	return r
}

func id(item map[string]types.AttributeValue) string {
	return item["id"].(*types.AttributeValueMemberS).Value
}

func (m *memory) Scan(context.Context, *dynamodb.ScanInput, ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error) {
	if m.missing {
		return nil, &types.ResourceNotFoundException{}
	}
	out := &dynamodb.ScanOutput{}
	for _, item := range m.items {
		out.Items = append(out.Items, item)
	}
	return out, nil
}

func (m *memory) PutItem(_ context.Context, in *dynamodb.PutItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	m.calls = append(m.calls, "put "+id(in.Item))
	m.items[id(in.Item)] = in.Item
	return &dynamodb.PutItemOutput{}, nil
}

func (m *memory) UpdateItem(_ context.Context, in *dynamodb.UpdateItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	m.count++
	number := map[string]types.AttributeValue{"id": in.Key["id"], "releases": &types.AttributeValueMemberN{Value: fmt.Sprint(m.count)}}
	m.items[id(in.Key)] = number
	return &dynamodb.UpdateItemOutput{Attributes: number}, nil
}

func (m *memory) DeleteItem(_ context.Context, in *dynamodb.DeleteItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error) {
	m.calls = append(m.calls, "delete "+id(in.Key))
	delete(m.items, id(in.Key))
	return &dynamodb.DeleteItemOutput{}, nil
}

func (m *memory) BatchGetImage(_ context.Context, in *ecr.BatchGetImageInput, _ ...func(*ecr.Options)) (*ecr.BatchGetImageOutput, error) {
	key := aws.ToString(in.RepositoryName) + "@" + aws.ToString(in.ImageIds[0].ImageDigest)
	if _, there := m.tags[key]; !there {
		return &ecr.BatchGetImageOutput{}, nil
	}
	return &ecr.BatchGetImageOutput{Images: []ecrtypes.Image{{ImageManifest: aws.String(key)}}}, nil
}

func (m *memory) PutImage(_ context.Context, in *ecr.PutImageInput, _ ...func(*ecr.Options)) (*ecr.PutImageOutput, error) {
	m.calls = append(m.calls, "tag "+aws.ToString(in.ImageTag))
	key := aws.ToString(in.ImageManifest)
	m.tags[key] = append(m.tags[key], aws.ToString(in.ImageTag))
	return &ecr.PutImageOutput{}, nil
}

func (m *memory) BatchDeleteImage(_ context.Context, in *ecr.BatchDeleteImageInput, _ ...func(*ecr.Options)) (*ecr.BatchDeleteImageOutput, error) {
	m.calls = append(m.calls, "untag "+aws.ToString(in.ImageIds[0].ImageTag))
	for key, tags := range m.tags {
		m.tags[key] = slices.DeleteFunc(tags, func(tag string) bool { return tag == aws.ToString(in.ImageIds[0].ImageTag) })
	}
	return &ecr.BatchDeleteImageOutput{}, nil
}

// of is a release that runs one image.
func (m *memory) of(digest string) Release {
	m.tags["botyard/prod/bot@"+digest] = append(m.tags["botyard/prod/bot@"+digest], "content")
	return Release{Who: "ada", Commit: "abc", Images: map[string]string{"bot": "registry/botyard/prod/bot@" + digest}, Services: "{}"}
}

func TestAReleaseIsRememberedOnce(t *testing.T) {
	m := newMemory()
	r, first := m.runner(), m.of("sha256:1")
	name, err := r.Remember(t.Context(), "releases", first, 20)
	require.NoError(t, err)
	require.Equal(t, "r1", name)
	require.Equal(t, []string{"tag release-r1", "put r1"}, m.calls, "its images are kept before it is noted")
	name, err = r.Remember(t.Context(), "releases", first, 20)
	require.NoError(t, err)
	require.Equal(t, "r1", name, "the same runs on")
	require.Len(t, m.calls, 2)

	changed := first
	changed.Services = `{"bot":{}}`
	name, err = r.Remember(t.Context(), "releases", changed, 20)
	require.NoError(t, err)
	require.Equal(t, "r2", name, "other settings are another release")
	all, err := r.Releases(t.Context(), "releases")
	require.NoError(t, err)
	first.ID, first.At, changed.ID, changed.At = "r1", "2026-11-22T12:00:00Z", "r2", "2026-11-22T12:00:00Z"
	require.Equal(t, []Release{changed, first}, all)
	found, err := r.Release(t.Context(), "releases", "r1")
	require.NoError(t, err)
	require.Equal(t, first, found)
	_, err = r.Release(t.Context(), "releases", "r9")
	require.EqualError(t, err, "botyard:release: r9: there is no such release; use one of r2, r1")
	require.ErrorIs(t, err, ErrNoRelease)
}

// TestTheCommitsOfARelease holds that they are read as they were noted, and that another one of the same image is another
// release: a preview says from which commit the code moved.
func TestTheCommitsOfARelease(t *testing.T) {
	m := newMemory()
	r, first := m.runner(), m.of("sha256:1")
	first.Sources = map[string]string{"bot": "1a2b3c4"}
	moved := first
	moved.Sources = map[string]string{"bot": "5d6e7f8"}
	for _, each := range []struct {
		release Release
		want    string
	}{{first, "r1"}, {first, "r1"}, {moved, "r2"}} {
		name, err := r.Remember(t.Context(), "releases", each.release, 20)
		require.NoError(t, err)
		require.Equal(t, each.want, name)
	}
	all, err := r.Releases(t.Context(), "releases")
	require.NoError(t, err)
	require.Equal(t, moved.Sources, all[0].Sources)
}

// TestRememberedReleasesKeepTheirImages goes back to an old image after many new ones: by age it would be the first to go.
func TestRememberedReleasesKeepTheirImages(t *testing.T) {
	m := newMemory()
	r := m.runner()
	const keep = 3
	for _, digest := range []string{"1", "2", "3", "4", "1", "5"} {
		_, err := r.Remember(t.Context(), "releases", m.of("sha256:"+digest), keep)
		require.NoError(t, err)
	}
	all, err := r.Releases(t.Context(), "releases")
	require.NoError(t, err)
	require.Len(t, all, keep)
	kept := map[string]bool{}
	for _, release := range all {
		_, digest, err := imageOf(release.Images["bot"])
		require.NoError(t, err)
		kept["botyard/prod/bot@"+digest] = true
	}
	for image, tags := range m.tags {
		released := slices.ContainsFunc(tags, func(tag string) bool { return tag != "content" })
		require.Equal(t, kept[image], released, "%s has the tags %v", image, tags)
	}
	require.Equal(t, map[string]bool{"botyard/prod/bot@sha256:4": true, "botyard/prod/bot@sha256:1": true, "botyard/prod/bot@sha256:5": true}, kept)
}

func TestNumbersSortAsNumbers(t *testing.T) {
	m := newMemory()
	r := m.runner()
	for i := range 11 {
		_, err := r.Remember(t.Context(), "releases", m.of(fmt.Sprint("sha256:", i)), 20)
		require.NoError(t, err)
	}
	all, err := r.Releases(t.Context(), "releases")
	require.NoError(t, err)
	require.Equal(t, []string{"r11", "r10", "r9"}, []string{all[0].ID, all[1].ID, all[2].ID})
}

func TestBeforeTheFirstUpdateNothingIsRemembered(t *testing.T) {
	m := newMemory()
	m.missing = true
	all, err := m.runner().Releases(t.Context(), "releases")
	require.NoError(t, err)
	require.Empty(t, all)
	_, err = m.runner().Release(t.Context(), "releases", "r1")
	require.EqualError(t, err, "botyard:release: r1: there is no such release; use one of none: nothing has been released yet")
}

func TestAnImageThatIsGoneIsNoRelease(t *testing.T) {
	m := newMemory()
	_, err := m.runner().Remember(t.Context(), "releases", Release{Images: map[string]string{"bot": "registry/botyard/prod/bot@sha256:9"}}, 20)
	require.EqualError(t, err, "image registry/botyard/prod/bot@sha256:9 of release r1 cannot be read: the repository does not have it")
	require.Empty(t, m.calls)
	_, err = m.runner().Remember(t.Context(), "releases", Release{Images: map[string]string{"bot": "bot:latest"}}, 20)
	require.EqualError(t, err, "image bot:latest is no reference by digest with a registry's host")
}
