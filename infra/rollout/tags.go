package rollout

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
)

// TagPrefix begins the tags that keep a release's images: infra/platform's lifecycle policies spare them.
const TagPrefix = "release-"

// tagOf is a release's tag. Tags are immutable, so each release has its own.
func tagOf(release Release) string { return TagPrefix + release.ID }

// tag gives each of the release's images its tag.
func (r *Runner) tag(ctx context.Context, release Release) error {
	for _, layer := range slices.Sorted(maps.Keys(release.Images)) {
		repository, digest, err := imageOf(release.Images[layer])
		if err != nil {
			return err
		}
		out, err := r.Registry.BatchGetImage(ctx, &ecr.BatchGetImageInput{
			RepositoryName: aws.String(repository), ImageIds: []types.ImageIdentifier{{ImageDigest: aws.String(digest)}},
		})
		if err != nil || len(out.Images) == 0 {
			return fmt.Errorf("image %s of release %s cannot be read: %w", release.Images[layer], release.ID, orMissing(err))
		}
		err = r.putTag(ctx, repository, out.Images[0], tagOf(release))
		var there *types.ImageAlreadyExistsException
		if err != nil && !errors.As(err, &there) {
			return fmt.Errorf("image %s cannot be kept for release %s: %w", release.Images[layer], release.ID, err)
		}
	}
	return nil
}

// putTag gives an image of a repository one more tag.
func (r *Runner) putTag(ctx context.Context, repository string, image types.Image, tag string) error {
	_, err := r.Registry.PutImage(ctx, &ecr.PutImageInput{
		RepositoryName: aws.String(repository), ImageManifest: image.ImageManifest, ImageManifestMediaType: image.ImageManifestMediaType,
		ImageTag: aws.String(tag),
	})
	return err
}

var errNoImage = errors.New("the repository does not have it")

func orMissing(err error) error {
	if err == nil {
		return errNoImage
	}
	return err
}

// untag takes a release's tag from its images. An image has its content's tag too, so that it stays until the lifecycle
// policy lets it go; one that is gone needs nothing.
func (r *Runner) untag(ctx context.Context, release Release) error {
	for _, layer := range slices.Sorted(maps.Keys(release.Images)) {
		repository, _, err := imageOf(release.Images[layer])
		if err != nil {
			return err
		}
		_, err = r.Registry.BatchDeleteImage(ctx, &ecr.BatchDeleteImageInput{
			RepositoryName: aws.String(repository), ImageIds: []types.ImageIdentifier{{ImageTag: aws.String(tagOf(release))}},
		})
		var gone *types.RepositoryNotFoundException
		if err != nil && !errors.As(err, &gone) {
			return fmt.Errorf("the images of release %s cannot be let go: %w", release.ID, err)
		}
	}
	return nil
}

// imageOf takes <host>/<repository>@<digest> apart.
func imageOf(reference string) (repository, digest string, err error) {
	name, digest, byDigest := strings.Cut(reference, "@")
	_, repository, hosted := strings.Cut(name, "/")
	if !byDigest || !hosted {
		return "", "", fmt.Errorf("image %s is no reference by digest with a registry's host", reference)
	}
	return repository, digest, nil
}
