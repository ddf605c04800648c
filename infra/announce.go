package infra

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/config"
	"botyard/infra/platform"
	"botyard/infra/rollout"
)

// announcer is a runner that tells of the rollouts that fail, and in the end of the update that did not: whoever only runs
// `pulumi up`, by hand or in CI, lets the others know.
type announcer struct {
	platform.Runner
	ctx            *pulumi.Context
	project, stack string
	who            string
	before         map[string]rollout.Revision
	last           string            // the release that ran before; empty before the first
	ran            map[string]bool   // digests that a remembered release has run
	sources        map[string]string // its commits of images from git
	failed         sync.Once
}

// newAnnouncer remembers what runs before the update changes it. A preview changes nothing and tells nobody.
func (s *stack) newAnnouncer(runner platform.Runner, caller string) (*announcer, error) {
	a := &announcer{Runner: runner, ctx: s.ctx, project: s.ctx.Project(), stack: s.ctx.Stack(), who: who(caller), ran: map[string]bool{}}
	releases, err := runner.Releases(s.ctx.Context(), releasesTable(s.names))
	if len(releases) > 0 {
		a.last, a.sources = releases[0].ID, releases[0].Sources
	}
	for _, release := range releases {
		for _, reference := range release.Images {
			a.ran[reference[strings.LastIndex(reference, "@")+1:]] = true
		}
	}
	if s.ctx.DryRun() || err != nil {
		return a, err
	}
	a.before, err = runner.Revisions(s.ctx.Context(), s.names.Name(255), config.Names(s.cfg.Services))
	return a, err
}

// who is whom a CI system names as having asked for the update, else the AWS identity that makes it.
func who(caller string) string {
	for _, variable := range []string{"GITHUB_ACTOR", "BUILD_USER_ID"} { // GitHub Actions; Jenkins's build user vars plugin
		if name := os.Getenv(variable); name != "" {
			return name
		}
	}
	return caller[strings.LastIndexAny(caller, ":/")+1:]
}

// RunOneOff carries the task out, and tells if it fails.
func (a *announcer) RunOneOff(ctx context.Context, o rollout.OneOff) error {
	return a.tell(ctx, a.Runner.RunOneOff(ctx, o))
}

// WaitSteady waits for the service, and tells if it fails.
func (a *announcer) WaitSteady(ctx context.Context, s rollout.Service) error {
	return a.tell(ctx, a.Runner.WaitSteady(ctx, s))
}

// WaitHolder waits for the singleton, and tells if it fails.
func (a *announcer) WaitHolder(ctx context.Context, h rollout.Holder) error {
	return a.tell(ctx, a.Runner.WaitHolder(ctx, h))
}

// CheckScans looks at the scans, and tells if one stops the rollout. Nothing has changed then that could be taken back.
func (a *announcer) CheckScans(ctx context.Context, s rollout.Scans) ([]string, error) {
	warnings, err := a.Runner.CheckScans(ctx, s)
	if err != nil {
		a.failed.Do(func() { a.announce(ctx, "failed", err.Error()) })
	}
	return warnings, err
}

// tell announces the first failure, since the others mostly follow from it, and says how to go back: services that did not
// fail run their new revision.
func (a *announcer) tell(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	a.failed.Do(func() { a.announce(ctx, "failed", err.Error()) })
	if a.last == "" {
		return err
	}
	return fmt.Errorf("%w\nwhat ran before is release %s; all of it again, without a build:\n  make rollback STACK=%s RELEASE=%s", err, a.last, a.stack, a.last)
}

// announce never fails the update: what runs is not worse for nobody having heard of it.
func (a *announcer) announce(ctx context.Context, result, summary string) {
	deployment := rollout.Deployment{Project: a.project, Stack: a.stack, Who: a.who, Result: result, Summary: summary}
	if err := a.Runner.Announce(ctx, deployment); err != nil {
		_ = a.ctx.Log.Warn(err.Error(), nil) // the engine has gone when this fails
	}
}

// announceSuccess tells what has changed once all services run as declared; an update that changes no service tells nothing.
func (s *stack) announceSuccess() error {
	if s.ctx.DryRun() {
		return nil
	}
	names := config.Names(s.services)
	var values []any
	for _, name := range names {
		values = append(values, s.services[name].Revision, s.services[name].Running)
	}
	pulumi.All(values...).ApplyTWithContext(s.ctx.Context(), func(ctx context.Context, all []any) bool {
		after := map[string]rollout.Revision{}
		for i, name := range names {
			after[name] = rollout.Revision{TaskDefinition: all[2*i].(string), Digest: all[2*i+1].(string)}
		}
		changes := changes(names, s.runner.before, after)
		if len(changes) > 0 {
			s.runner.announce(ctx, "succeeded", s.backTo()+strings.Join(changes, ", "))
		}
		return true
	})
	return nil
}

// backTo begins the summary of a deployment of an earlier release.
func (s *stack) backTo() string {
	if s.cfg.Release == "" {
		return ""
	}
	return "back to release " + s.cfg.Release + ": "
}

// changes says for each service that changed how: "bot 1a2b3c4d5e6f → 6f5e4d3c2b1a".
func changes(names []string, before, after map[string]rollout.Revision) []string {
	var list []string
	for _, name := range names {
		old, existed := before[name]
		switch now := after[name]; {
		case !existed:
			list = append(list, fmt.Sprintf("%s new %s", name, short(now.Digest)))
		case old.Digest != now.Digest:
			list = append(list, fmt.Sprintf("%s %s → %s", name, short(old.Digest), short(now.Digest)))
		case old.TaskDefinition != now.TaskDefinition:
			list = append(list, fmt.Sprintf("%s %s with other settings", name, short(now.Digest)))
		}
	}
	return list
}

// short is the beginning of a digest, as make status shows it.
func short(digest string) string {
	_, hex, _ := strings.Cut(digest, ":")
	return hex[:min(12, len(hex))]
}
