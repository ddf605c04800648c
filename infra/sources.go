package infra

import (
	"context"
	"fmt"
	"maps"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/checkout"
	"botyard/infra/config"
	"botyard/infra/image"
	"botyard/infra/rollout"
)

// fetching reads the repositories of images with the tokens that AWS keeps. One update asks once what a ref means, however
// often the config is loaded.
func fetching(ctx context.Context, runner *rollout.Runner) func(checkout.Repository) (*checkout.Tree, error) {
	fetcher := &checkout.Fetcher{
		Secret: runner.Value, Progress: runner.Progress,
		Remembered: os.Getenv(config.ReleaseVariable) != "", // a rollback builds nothing, and must not wait for a git host
	}
	return func(r checkout.Repository) (*checkout.Tree, error) { return fetcher.Fetch(ctx, r) }
}

// sources are the commits that the images from git are built from, by layer: the last one that touched what goes into it.
func (s *stack) sources() map[string]string {
	commits := map[string]string{}
	for layer, tree := range s.cfg.Trees {
		node, _ := s.cfg.Graph.Node(layer)
		commits[layer] = node.Origin.Revision
		if commits[layer] == image.Unknown {
			commits[layer] = tree.Commit
		}
	}
	return commits
}

// sayWhatMoved says of each image from git that its code is another one than that of the release that runs: what makes it
// rebuild is nowhere in this project.
func (s *stack) sayWhatMoved() error {
	for _, line := range moves(s.cfg.Images, s.runner.sources, s.sources()) {
		if err := s.ctx.Log.Info(line, nil); err != nil {
			return err
		}
	}
	return nil
}

// moves says for each layer with another commit than before which: "images.bot: master moved from 1a2b3c4 to 5d6e7f8, …".
func moves(images map[string]config.Image, before, now map[string]string) []string {
	var lines []string
	for _, layer := range config.Names(now) {
		if was := before[layer]; was != "" && was != now[layer] {
			lines = append(lines, fmt.Sprintf("images.%s: %s moved from %s to %s, which it is built from now",
				layer, images[layer].Git.Ref, shortCommit(was), shortCommit(now[layer])))
		}
	}
	return lines
}

// shortCommit is a commit as git log shows it.
func shortCommit(commit string) string { return commit[:min(7, len(commit))] }

// commits are the pinned commits of the images from git, by layer.
func (s *stack) commits() pulumi.StringMap {
	all := pulumi.StringMap{}
	for layer, tree := range s.cfg.Trees {
		all[layer] = pulumi.String(tree.Commit)
	}
	return all
}

// releaseSources are the commits of what the update runs: the checkout's, or those of the release that it goes back to.
func (s *stack) releaseSources() map[string]string {
	if s.released != nil {
		return maps.Clone(s.releasedSources)
	}
	return s.sources()
}
