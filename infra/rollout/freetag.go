package rollout

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
)

// replacedPrefix begins the tags of images whose own tag another build of the same content has taken.
const replacedPrefix = "replaced-"

// FreeTag gives the image that has the tag of reference, <host>/<repository>:<tag>, another tag in its place, so that one
// built of the same content can take it. The image stays: a service may run it, a release remember it. Nothing is done where
// no image has the tag.
func (r *Runner) FreeTag(ctx context.Context, reference string) error {
	name, tag, tagged := cutLast(reference, ":")
	_, repository, hosted := strings.Cut(name, "/")
	if !tagged || !hosted || strings.Contains(tag, "/") {
		return fmt.Errorf("image %s is no reference by tag with a registry's host", reference)
	}
	out, err := r.Registry.BatchGetImage(ctx, &ecr.BatchGetImageInput{
		RepositoryName: aws.String(repository), ImageIds: []types.ImageIdentifier{{ImageTag: aws.String(tag)}},
	})
	var none *types.RepositoryNotFoundException
	if errors.As(err, &none) || err == nil && len(out.Images) == 0 {
		return nil
	}
	if err != nil {
		return fmt.Errorf("image %s: cannot tell whether its tag is free (ecr:BatchGetImage): %w", reference, err)
	}
	err = r.putTag(ctx, repository, out.Images[0], fmt.Sprintf("%s%s-%d", replacedPrefix, tag, r.Clock.Now().UnixMilli()))
	if err != nil {
		return fmt.Errorf("image %s: the image of its tag cannot be kept under another (ecr:PutImage): %w", reference, err)
	}
	_, err = r.Registry.BatchDeleteImage(ctx, &ecr.BatchDeleteImageInput{
		RepositoryName: aws.String(repository), ImageIds: []types.ImageIdentifier{{ImageTag: aws.String(tag)}},
	})
	if err != nil {
		return fmt.Errorf("image %s: its tag cannot be freed (ecr:BatchDeleteImage): %w", reference, err)
	}
	r.progress(fmt.Sprintf("%s: built before; its image keeps another tag, and is built again", lastPart(name)))
	return nil
}

func cutLast(text, separator string) (before, after string, found bool) {
	at := strings.LastIndex(text, separator)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(separator):], true
}
