package infra

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/config"
	"botyard/infra/image"
	"botyard/infra/platform"
	"botyard/infra/rollout"
)

// releasesTable is the table's name: it has to be known before the table is declared.
func releasesTable(names platform.Namer) string { return names.Name(255, "releases") }

// withRelease is the config with the services' settings of the release that it goes back to; the same without one.
func withRelease(ctx context.Context, source config.Source, cfg *config.Config, runner platform.Runner) (*config.Config, error) {
	if cfg.Release == "" {
		return cfg, nil
	}
	release, err := runner.Release(ctx, releasesTable(platform.Namer{Project: cfg.Project, Stack: cfg.Stack}), cfg.Release)
	if err != nil {
		return nil, err
	}
	source.Services = release.Services
	if cfg, err = config.Load(source); err != nil {
		return nil, fmt.Errorf("the services of release %s do not fit the settings of today: %w", release.ID, err)
	}
	return cfg, nil
}

// findRelease reads the images of the release that the stack goes back to. The checkout's are declared as ever: Pulumi builds
// those that differ from the state's, unless it is told to look at the services alone, as make rollback does.
func (s *stack) findRelease() error {
	if s.cfg.Release == "" {
		return nil
	}
	release, err := s.runner.Release(s.ctx.Context(), releasesTable(s.names), s.cfg.Release)
	if err != nil {
		return err
	}
	s.released, s.releasedSources = release.Images, release.Sources
	for _, layer := range s.deployed() {
		if _, ok := s.released[layer]; !ok {
			return fmt.Errorf("botyard:release: %s has no image of layer %s, which a service runs", release.ID, layer)
		}
	}
	return nil
}

// image is what runs of a layer: the one that is built, or the release's.
func (s *stack) image(layer string) pulumi.StringOutput {
	if reference, ok := s.released[layer]; ok {
		return pulumi.String(reference).ToStringOutput()
	}
	return s.builds.Digests[layer]
}

// deployed are the layers that tasks run.
func (s *stack) deployed() []string {
	layers := map[string]bool{}
	for _, service := range s.cfg.Services {
		layers[service.Image] = true
	}
	if s.cfg.Database != nil {
		layers[s.cfg.Database.InitImage] = true
	}
	return slices.Sorted(maps.Keys(layers))
}

func (s *stack) declareReleases() (err error) {
	s.releases, err = platform.NewReleases(s.ctx, "releases", &platform.ReleasesArgs{
		Names: s.names, Protect: s.cfg.Protected(),
	})
	return err
}

// remember notes the release once all services run; what cannot be noted can be gone back to by no command, so it is an
// error although all runs.
func (s *stack) remember() error {
	if s.ctx.DryRun() { // without it each preview would show that the output goes
		s.release = pulumi.String(s.runner.last)
		return nil
	}
	origin, err := image.Revision(s.ctx.Context(), s.cfg.Root)
	if err != nil {
		return err
	}
	layers := s.deployed()
	values := []any{s.releases.TableName, s.pinned(), s.modelsBucket()}
	first := len(values) // of the images
	for _, layer := range layers {
		values = append(values, s.image(layer))
	}
	for _, name := range config.Names(s.services) {
		values = append(values, s.services[name].Running)
	}
	s.release = pulumi.All(values...).ApplyTWithContext(s.ctx.Context(), func(ctx context.Context, all []any) (string, error) {
		release := rollout.Release{
			Who: s.runner.who, Commit: origin.Revision, Back: s.cfg.Release, Images: map[string]string{}, Services: all[1].(string), Bucket: all[2].(string),
			Sources: s.releaseSources(),
		}
		for i, layer := range layers {
			release.Images[layer] = all[first+i].(string)
		}
		return s.runner.Remember(ctx, all[0].(string), release, s.cfg.Registry.Retain)
	}).(pulumi.StringOutput)
	return nil
}
