package infra

import (
	"cmp"
	"regexp"
	"slices"

	"golang.org/x/sync/errgroup"

	"botyard/infra/image"
	"botyard/infra/platform"
	"botyard/infra/rollout"
)

// repositoriesAtOnce bounds the questions to ECR that are under way; it answers each in some 50 ms.
const repositoriesAtOnce = 10

func (s *stack) declareBuilds() error {
	layers := s.cfg.Graph.Layers()
	cache, err := s.findCache(layers)
	if err != nil {
		return err
	}
	s.builds, err = platform.NewBuilds(s.ctx, "images", &platform.BuildsArgs{
		Layers:          layers,
		Registry:        s.registry,
		RegistryAddress: s.cfg.Registry.Address,
		Parallel:        s.cfg.Builds.Parallel,
		Runner:          s.runner,
		Cache:           cache,
	})
	return err
}

// findCache looks up what the registry holds of each layer. An answer that is missing is an error: without it, a layer that
// nothing changed could be built again.
func (s *stack) findCache(layers []image.Node) (map[string]platform.Cache, error) {
	found := make([]platform.Cache, len(layers))
	var lookups errgroup.Group
	lookups.SetLimit(repositoriesAtOnce)
	for i, layer := range layers {
		lookups.Go(func() error {
			pushed, err := s.runner.Pushed(s.ctx.Context(), s.names.Path(layer.Name))
			found[i] = cacheOf(pushed, layer.Tag)
			return err
		})
	}
	if err := lookups.Wait(); err != nil {
		return nil, err
	}
	cache := map[string]platform.Cache{}
	for i, layer := range layers {
		cache[layer.Name] = found[i]
	}
	return cache, nil
}

// contentTag is the form of image.Node.Tag: what else a repository holds (signatures, parts of another image) is no layer.
var contentTag = regexp.MustCompile(`^[0-9a-f]{16}$`)

// cacheImages is how many of a layer's images a build looks at. An image that took a step from another does not tell of that
// step's layer any more, as BuildKit 0.8 writes it (Docker 20.10): with one image to look at, a fresh machine would run an
// unchanged step at every second change, with n at every n+1st. Each costs a request or two, all at once.
const cacheImages = 10

// cacheOf chooses among the images of a layer's repository: the one with the tag itself, else the newest, newest first.
func cacheOf(pushed []rollout.Pushed, tag string) platform.Cache {
	layers := slices.DeleteFunc(slices.Clone(pushed), func(p rollout.Pushed) bool {
		return !slices.ContainsFunc(p.Tags, contentTag.MatchString)
	})
	own := slices.IndexFunc(layers, func(p rollout.Pushed) bool { return slices.Contains(p.Tags, tag) })
	if own >= 0 {
		return platform.Cache{From: []string{layers[own].Digest}, Built: true}
	}
	slices.SortFunc(layers, func(a, b rollout.Pushed) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Digest, b.Digest))
	})
	var cache platform.Cache
	for _, each := range layers[:min(len(layers), cacheImages)] {
		cache.From = append(cache.From, each.Digest)
	}
	return cache
}
