package rollout

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/stretchr/testify/require"
)

// shelf is a repository in which images have tags; it notes what is changed.
type shelf struct {
	Registry
	tags  map[string]string // tag → manifest
	calls []string
	err   error
}

func (s *shelf) BatchGetImage(_ context.Context, in *ecr.BatchGetImageInput, _ ...func(*ecr.Options)) (*ecr.BatchGetImageOutput, error) {
	manifest, there := s.tags[*in.ImageIds[0].ImageTag]
	if s.err != nil || !there {
		return &ecr.BatchGetImageOutput{}, s.err
	}
	return &ecr.BatchGetImageOutput{Images: []types.Image{{ImageManifest: aws.String(manifest)}}}, nil
}

func (s *shelf) PutImage(_ context.Context, in *ecr.PutImageInput, _ ...func(*ecr.Options)) (*ecr.PutImageOutput, error) {
	s.calls = append(s.calls, *in.RepositoryName+" puts "+*in.ImageTag)
	s.tags[*in.ImageTag] = *in.ImageManifest
	return &ecr.PutImageOutput{}, nil
}

func (s *shelf) BatchDeleteImage(_ context.Context, in *ecr.BatchDeleteImageInput, _ ...func(*ecr.Options)) (*ecr.BatchDeleteImageOutput, error) {
	s.calls = append(s.calls, *in.RepositoryName+" frees "+*in.ImageIds[0].ImageTag)
	delete(s.tags, *in.ImageIds[0].ImageTag)
	return &ecr.BatchDeleteImageOutput{}, nil
}

func freed(s *shelf, reference string) error {
	w := &world{now: start}
	return (&Runner{Registry: s, Clock: w}).FreeTag(context.Background(), reference)
}

func TestATagIsFreedAndItsImageStays(t *testing.T) {
	s := &shelf{tags: map[string]string{"0123456789abcdef": "the manifest"}}
	require.NoError(t, freed(s, "localhost:4566/botyard/prod/bot:0123456789abcdef"))
	require.Equal(t, map[string]string{"replaced-0123456789abcdef-1795348800000": "the manifest"}, s.tags)
	require.Equal(t, []string{"botyard/prod/bot puts replaced-0123456789abcdef-1795348800000", "botyard/prod/bot frees 0123456789abcdef"}, s.calls,
		"never without a tag, or ECR would delete it")
}

func TestATagThatIsFreeIsLeftAlone(t *testing.T) {
	s := &shelf{tags: map[string]string{}}
	require.NoError(t, freed(s, "localhost:4566/botyard/prod/bot:0123456789abcdef"))
	s.err = &types.RepositoryNotFoundException{}
	require.NoError(t, freed(s, "localhost:4566/botyard/prod/bot:0123456789abcdef"))
	s.err = errors.New("AccessDenied")
	require.EqualError(t, freed(s, "localhost:4566/botyard/prod/bot:0123456789abcdef"),
		"image localhost:4566/botyard/prod/bot:0123456789abcdef: cannot tell whether its tag is free (ecr:BatchGetImage): AccessDenied")
	require.Empty(t, s.calls)
	require.EqualError(t, freed(s, "bot"), "image bot is no reference by tag with a registry's host")
}
