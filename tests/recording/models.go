package recording

import (
	"context"

	"botyard/infra/rollout"
)

// FindModel answers a version of any model: the newest is "newest", each with the checksum "sum of <version>". It fails by
// the model's name.
func (r *Runner) FindModel(_ context.Context, q rollout.ModelQuery) (rollout.Model, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Asked = append(r.Asked, q)
	version := q.Version
	if version == "" {
		version = "newest"
	}
	return rollout.Model{Name: q.Name, Version: version, SHA256: "sum of " + version, File: q.Name + ".bin", Size: 7}, r.Fail[q.Name]
}

// KeepModel records the version.
func (r *Runner) KeepModel(_ context.Context, bucket string, m rollout.Model) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Kept = append(r.Kept, bucket+"/"+m.Name+" "+m.Version)
	return r.Fail["keep "+m.Name]
}
