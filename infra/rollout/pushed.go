package rollout

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
)

// Pushed is an image that a repository holds.
type Pushed struct {
	Digest string
	Tags   []string
	At     time.Time
}

// Pushed lists a repository's images; none if there is no such repository yet.
func (r *Runner) Pushed(ctx context.Context, repository string) ([]Pushed, error) {
	var all []Pushed
	pages := ecr.NewDescribeImagesPaginator(r.Registry, &ecr.DescribeImagesInput{RepositoryName: aws.String(repository)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		var none *types.RepositoryNotFoundException
		if errors.As(err, &none) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("repository %s: its images cannot be listed (ecr:DescribeImages): %w", repository, err)
		}
		for _, each := range page.ImageDetails {
			all = append(all, Pushed{Digest: aws.ToString(each.ImageDigest), Tags: each.ImageTags, At: aws.ToTime(each.ImagePushedAt)})
		}
	}
	return all, nil
}
