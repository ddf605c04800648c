package rollout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/smithy-go"
)

// usedModel is a version of a model that a release runs.
type usedModel struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// models are those of the release's services, each once, sorted. A release names versions only: what latest meant is
// written down with it.
func (r Release) models() ([]usedModel, error) {
	var services map[string]struct {
		Models map[string]usedModel `json:"models"`
	}
	if err := json.Unmarshal([]byte(r.Services), &services); err != nil {
		return nil, fmt.Errorf("the services of release %s cannot be read: %w", r.ID, err)
	}
	var used []usedModel
	for _, service := range services {
		for _, model := range service.Models {
			if !slices.Contains(used, model) {
				used = append(used, model)
			}
		}
	}
	slices.SortFunc(used, func(a, b usedModel) int { return strings.Compare(a.Name+" "+a.Version, b.Name+" "+b.Version) })
	return used, nil
}

// letModelsGo lets the versions expire that only a forgotten release ran.
func (r *Runner) letModelsGo(ctx context.Context, forgotten Release, remembered []Release) error {
	if forgotten.Bucket == "" {
		return nil
	}
	own, err := forgotten.models()
	if err != nil {
		return err
	}
	var kept []usedModel
	for _, release := range remembered {
		used, err := release.models()
		if err != nil {
			return err
		}
		kept = append(kept, used...)
	}
	for _, model := range own {
		if slices.Contains(kept, model) {
			continue
		}
		err := r.tagModel(ctx, forgotten.Bucket, model.Name, model.Version, KeepNo)
		var refused smithy.APIError
		if errors.As(err, &refused) && slices.Contains([]string{"NoSuchKey", "NoSuchVersion", "NoSuchBucket"}, refused.ErrorCode()) {
			continue // gone is as good
		}
		if err != nil {
			return fmt.Errorf("release %s cannot be forgotten: %w", forgotten.ID, err)
		}
	}
	return nil
}
