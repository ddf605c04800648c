package rollout

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/stretchr/testify/require"
)

func (m *memory) DescribeImages(_ context.Context, in *ecr.DescribeImagesInput, _ ...func(*ecr.Options)) (*ecr.DescribeImagesOutput, error) {
	if aws.ToString(in.RepositoryName) != "botyard/test/bot" {
		return nil, &types.RepositoryNotFoundException{}
	}
	if m.missing {
		return nil, errors.New("AccessDeniedException")
	}
	if in.NextToken == nil {
		return &ecr.DescribeImagesOutput{NextToken: aws.String("2"), ImageDetails: []types.ImageDetail{
			{ImageDigest: aws.String("sha256:aa"), ImageTags: []string{"1111111111111111", "release-r1"}, ImagePushedAt: aws.Time(start)},
		}}, nil
	}
	return &ecr.DescribeImagesOutput{ImageDetails: []types.ImageDetail{
		{ImageDigest: aws.String("sha256:bb"), ImagePushedAt: aws.Time(start.Add(time.Second))},
	}}, nil
}

func TestPushedListsEveryPage(t *testing.T) {
	m := newMemory()
	pushed, err := m.runner().Pushed(t.Context(), "botyard/test/bot")
	require.NoError(t, err)
	require.Equal(t, []Pushed{
		{Digest: "sha256:aa", Tags: []string{"1111111111111111", "release-r1"}, At: start},
		{Digest: "sha256:bb", At: start.Add(time.Second)},
	}, pushed)

	pushed, err = m.runner().Pushed(t.Context(), "botyard/test/new")
	require.NoError(t, err, "no repository yet holds no image")
	require.Empty(t, pushed)

	m.missing = true
	_, err = m.runner().Pushed(t.Context(), "botyard/test/bot")
	require.EqualError(t, err, "repository botyard/test/bot: its images cannot be listed (ecr:DescribeImages): AccessDeniedException")
}
