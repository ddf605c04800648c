package rollout

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/require"
)

// bucket is an S3 whose objects are heads by "key" for the newest version and "key version" for others.
type bucket struct {
	heads  map[string]*s3.HeadObjectOutput
	refuse error
	status int // of what is not there
	tags   []string
}

func (b *bucket) HeadObject(_ context.Context, in *s3.HeadObjectInput, _ ...func(*s3.Options)) (*s3.HeadObjectOutput, error) {
	if b.refuse != nil {
		return nil, b.refuse
	}
	key := strings.TrimSpace(*in.Bucket + "/" + *in.Key + " " + aws.ToString(in.VersionId))
	if out, ok := b.heads[key]; ok {
		return out, nil
	}
	response := &smithyhttp.Response{Response: &http.Response{StatusCode: b.status}}
	return nil, &awshttp.ResponseError{ResponseError: &smithyhttp.ResponseError{Response: response, Err: errors.New("none")}}
}

func (b *bucket) PutObjectTagging(_ context.Context, in *s3.PutObjectTaggingInput, _ ...func(*s3.Options)) (*s3.PutObjectTaggingOutput, error) {
	if b.refuse != nil {
		return nil, b.refuse
	}
	for _, tag := range in.Tagging.TagSet {
		b.tags = append(b.tags, fmt.Sprintf("%s/%s %s %s=%s", *in.Bucket, *in.Key, *in.VersionId, *tag.Key, *tag.Value))
	}
	return &s3.PutObjectTaggingOutput{}, nil
}

func head(version string, metadata map[string]string) *s3.HeadObjectOutput {
	return &s3.HeadObjectOutput{VersionId: aws.String(version), ContentLength: aws.Int64(7), Metadata: metadata}
}

func TestAModelIsFoundByVersionOrAsTheNewest(t *testing.T) {
	b := &bucket{heads: map[string]*s3.HeadObjectOutput{
		"models/greetings":    head("v2", map[string]string{"sha256": "bb", "file": "new.tar.gz"}),
		"models/greetings v1": head("v1", map[string]string{"sha256": "aa", "file": "old.tar.gz"}),
	}}
	r := &Runner{Bucket: b}
	found, err := r.FindModel(t.Context(), ModelQuery{Bucket: "models", Name: "greetings", Stack: "prod"})
	require.NoError(t, err)
	require.Equal(t, Model{Name: "greetings", Version: "v2", SHA256: "bb", File: "new.tar.gz", Size: 7}, found)
	found, err = r.FindModel(t.Context(), ModelQuery{Bucket: "models", Name: "greetings", Version: "v1", Stack: "prod"})
	require.NoError(t, err)
	require.Equal(t, Model{Name: "greetings", Version: "v1", SHA256: "aa", File: "old.tar.gz", Size: 7}, found)
	require.Empty(t, b.tags, "finding one keeps none")
	require.NoError(t, r.KeepModel(t.Context(), "models", found))
	require.Equal(t, []string{"models/greetings v1 keep=yes"}, b.tags)
}

func TestAModelThatIsNotThereStopsTheUpdateWithTheCommand(t *testing.T) {
	for _, status := range []int{http.StatusNotFound, http.StatusBadRequest} {
		r := &Runner{Bucket: &bucket{status: status}}
		_, err := r.FindModel(t.Context(), ModelQuery{Bucket: "models", Name: "greetings", Stack: "prod"})
		require.ErrorIs(t, err, ErrNoModel)
		require.EqualError(t, err, "model greetings has no version yet, so no service that uses it was touched; upload one with\n"+
			"  make model NAME=greetings FILE=<file> STACK=prod\nand run the update again")
		_, err = r.FindModel(t.Context(), ModelQuery{Bucket: "models", Name: "greetings", Version: "v9", Stack: "prod"})
		require.ErrorIs(t, err, ErrNoModel)
		require.EqualError(t, err, "model greetings has no version v9, so no service that uses it was touched; make models STACK=prod shows those there are")
	}
	_, err := (&Runner{Bucket: &bucket{status: http.StatusForbidden}}).FindModel(t.Context(), ModelQuery{Bucket: "models", Name: "greetings"})
	require.NotErrorIs(t, err, ErrNoModel, "what may not be seen may be there")
	require.ErrorContains(t, err, "model greetings: ")
}

func TestAModelWithoutAChecksumIsRefused(t *testing.T) {
	for name, metadata := range map[string]map[string]string{"by hand": nil, "no name": {"sha256": "aa"}, "no checksum": {"file": "a"}} {
		r := &Runner{Bucket: &bucket{heads: map[string]*s3.HeadObjectOutput{"models/greetings": head("v1", metadata)}}}
		_, err := r.FindModel(t.Context(), ModelQuery{Bucket: "models", Name: "greetings", Stack: "prod"})
		require.EqualError(t, err, "model greetings: what is in the bucket models was not uploaded by make model: it lacks a version or its checksum, so nobody can tell "+
			"whether a host has it whole; upload it with\n  make model NAME=greetings FILE=<file> STACK=prod", name)
	}
}

// services are those of a release that runs versions of one model.
func services(versions ...string) string {
	text := "{"
	for i, version := range versions {
		text += fmt.Sprintf(`"s%d":{"models":{"MODEL":{"name":"greetings","version":%q}}},`, i, version)
	}
	return text + `"plain":{}}`
}

// TestVersionsOfRememberedReleasesAreKept forgets releases one by one: a version goes with the last that ran it.
func TestVersionsOfRememberedReleasesAreKept(t *testing.T) {
	m, b := newMemory(), &bucket{}
	r := m.runner()
	r.Bucket = b
	for i, versions := range [][]string{{"v1", "v2"}, {"v2"}, {"v3"}, {"v1"}, {"v1", "v3"}} {
		release := m.of(fmt.Sprint("sha256:", i))
		release.Bucket, release.Services = "models", services(versions...)
		_, err := r.Remember(t.Context(), "releases", release, 2)
		require.NoError(t, err)
	}
	// r1 leaves (v2 is r2's, v1 nobody's), then r2 (v2 is nobody's), then r3 (v3 is r5's).
	require.Equal(t, []string{"models/greetings v1 keep=no", "models/greetings v2 keep=no"}, b.tags)

	b.tags, b.refuse = nil, &smithy.GenericAPIError{Code: "NoSuchVersion"}
	_, err := r.Remember(t.Context(), "releases", m.of("sha256:9"), 1)
	require.NoError(t, err, "a version that is gone is let go")
	b.refuse = errors.New("away")
	last := m.of("sha256:10")
	last.Bucket, last.Services = "models", services("v7")
	_, err = r.Remember(t.Context(), "releases", last, 1)
	require.NoError(t, err, "the one before had no models")
	_, err = r.Remember(t.Context(), "releases", m.of("sha256:11"), 1)
	require.ErrorContains(t, err, "release r7 cannot be forgotten: version v7 of model greetings cannot be tagged keep=no: away")
}

func TestAnotherModelIsAnotherRelease(t *testing.T) {
	m := newMemory()
	r := m.runner()
	r.Bucket = &bucket{}
	release := m.of("sha256:1")
	release.Bucket, release.Services = "models", services("v1")
	first, err := r.Remember(t.Context(), "releases", release, 20)
	require.NoError(t, err)
	release.Services = services("v2")
	second, err := r.Remember(t.Context(), "releases", release, 20)
	require.NoError(t, err)
	require.Equal(t, []string{"r1", "r2"}, []string{first, second})
	found, err := r.Release(t.Context(), "releases", "r1")
	require.NoError(t, err)
	require.Equal(t, services("v1"), found.Services)
	require.Equal(t, "models", found.Bucket)
}
