package pins

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// Within is how long a registry may take to answer.
const Within = 30 * time.Second

// Look asks the registries for the newest digests, all at once. A registry that does not answer leaves the other pins as
// they are; what went wrong is in the pin.
func Look(ctx context.Context, pins []Pin, within time.Duration) {
	var all sync.WaitGroup
	for i := range pins {
		if pins[i].Local() {
			continue
		}
		all.Go(func() {
			asked, cancel := context.WithTimeout(ctx, within)
			defer cancel()
			digest, err := newest(asked, pins[i].image())
			if err != nil {
				err = fmt.Errorf("%s: %w", pins[i].Name, err)
			}
			pins[i].Newest, pins[i].Err = digest, err
		})
	}
	all.Wait()
}

// newest is the digest of a tag: of its index, where there are images for several platforms. Whoever has logged in with
// docker login asks as that user.
func newest(ctx context.Context, image string) (string, error) {
	if !tagged(image) {
		return "", fmt.Errorf("%s has no tag that could be looked up; write it as %s:<tag>@sha256:…", image, image)
	}
	tag, err := name.NewTag(image)
	if err != nil {
		return "", fmt.Errorf("%q is no image reference: %w; right would be one such as docker.io/library/python:3.11-slim@sha256:…", image, err)
	}
	options := []remote.Option{remote.WithContext(ctx), remote.WithAuthFromKeychain(authn.DefaultKeychain), remote.WithRetryBackoff(remote.Backoff{Steps: 1})}
	head, err := remote.Head(tag, options...)
	if err == nil {
		return head.Digest.String(), nil
	}
	var answered *transport.Error
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("%s does not answer in time: %w", tag.RegistryStr(), err)
	case !errors.As(err, &answered):
		return "", fmt.Errorf("%s cannot be reached: %w", tag.RegistryStr(), err)
	case answered.StatusCode == http.StatusNotFound:
		return "", fmt.Errorf("%s has no %s: the tag may be gone; choose one that is kept", tag.RegistryStr(), tag.RepositoryStr()+":"+tag.TagStr())
	case answered.StatusCode == http.StatusUnauthorized, answered.StatusCode == http.StatusForbidden:
		return "", fmt.Errorf("%s refuses to tell of %s: %w; log in with docker login %s", tag.RegistryStr(), tag.RepositoryStr(), err, tag.RegistryStr())
	}
	return "", fmt.Errorf("%s does not say which image %s is: %w", tag.RegistryStr(), image, err)
}

// tagged tells whether the reference names a tag: a colon behind the last slash, since one before it is a port's.
func tagged(image string) bool {
	return strings.Contains(image[strings.LastIndex(image, "/")+1:], ":")
}
