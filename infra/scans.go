package infra

import (
	"context"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/rollout"
)

// declareScans has ECR's scans of all images that tasks run looked at, once all are pushed: no service is touched before they
// have passed. A preview pushes nothing that could be scanned.
func (s *stack) declareScans() error {
	if s.cfg.Scan == nil || s.ctx.DryRun() {
		return nil
	}
	scans := rollout.Scans{
		Images: map[string]string{}, Ran: s.runner.ran, StopAt: s.cfg.Scan.StopAt, Within: time.Duration(s.cfg.Scan.Wait) * time.Second,
		File: "Pulumi." + s.cfg.Stack + ".yaml",
	}
	for _, waiver := range s.cfg.Scan.Waivers {
		scans.Waivers = append(scans.Waivers, rollout.Waiver{ID: waiver.ID, Layer: waiver.Image})
	}
	layers := s.deployed()
	values := make([]any, len(layers))
	for i, layer := range layers {
		values[i] = s.image(layer)
	}
	s.scanned = pulumi.All(append(values, s.builds.All()...)...).ApplyTWithContext(s.ctx.Context(), func(ctx context.Context, all []any) (bool, error) {
		for i, layer := range layers {
			scans.Images[layer] = all[i].(string)
		}
		warnings, err := s.runner.CheckScans(ctx, scans)
		for _, warning := range warnings {
			if err := s.ctx.Log.Warn(warning, nil); err != nil {
				return false, fmt.Errorf("telling of a scan: %w", err)
			}
		}
		return err == nil, err
	})
	return nil
}

// built is what must be done before anything that runs is touched: all images, and their scans.
func (s *stack) built() []any {
	if s.scanned == nil {
		return s.builds.All()
	}
	return append(s.builds.All(), s.scanned)
}
