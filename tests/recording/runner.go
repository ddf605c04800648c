package recording

import (
	"context"
	"sync"

	"botyard/infra/rollout"
)

// Runner records what a program would run, and does nothing. Fail makes the named call fail.
type Runner struct {
	mu       sync.Mutex
	OneOffs  []rollout.OneOff
	Services []rollout.Service
	Scans    []rollout.Scans
	Holders  []rollout.Holder
	Secrets  []string
	Told     []rollout.Deployment
	Noted    []rollout.Release
	// Unprotected are the databases that may be deleted.
	Unprotected []string
	// Asked are the models that were looked for, and Kept the versions that were, as "bucket/name version".
	Asked []rollout.ModelQuery
	Kept  []string
	// Known are the releases that are remembered, the newest first.
	Known []rollout.Release
	// Runs is what runs before the update, by service.
	Runs map[string]rollout.Revision
	// Warnings are what the scans are told with.
	Warnings []string
	// Order is the order of the scans' check ("scans"), and of the waits for services and one-off tasks, by name.
	Order []string
	// Images are what the registry holds, by repository.
	Images map[string][]rollout.Pushed
	// Fail maps a one-off's, service's or secret's name to the error that it meets.
	Fail map[string]error
}

// CheckScans records what was asked. It fails by the key "scans".
func (r *Runner) CheckScans(_ context.Context, s rollout.Scans) ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Scans, r.Order = append(r.Scans, s), append(r.Order, "scans")
	return r.Warnings, r.Fail["scans"]
}

// RunOneOff records the task.
func (r *Runner) RunOneOff(_ context.Context, o rollout.OneOff) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.OneOffs, r.Order = append(r.OneOffs, o), append(r.Order, o.Name)
	return r.Fail[o.Name]
}

// WaitSteady records the service.
func (r *Runner) WaitSteady(_ context.Context, s rollout.Service) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Services, r.Order = append(r.Services, s), append(r.Order, s.Name)
	return r.Fail[s.Name]
}

// WaitHolder records the singleton. It fails by the key "<name>: lease".
func (r *Runner) WaitHolder(_ context.Context, h rollout.Holder) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Holders = append(r.Holders, h)
	return r.Fail[h.Name+": lease"]
}

// RequireValue records the secret.
func (r *Runner) RequireValue(_ context.Context, arn string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Secrets = append(r.Secrets, arn)
	return r.Fail[arn]
}

// Value answers an address.
func (r *Runner) Value(_ context.Context, arn string) (string, error) {
	return WebhookURL, r.Fail[arn]
}

// WebhookURL is the value of every secret: an address that nobody may see.
const WebhookURL = "https://chat.example.org/api/webhooks/1/only-for-us"

// Revisions answers what runs.
func (r *Runner) Revisions(context.Context, string, []string) (map[string]rollout.Revision, error) {
	return r.Runs, r.Fail["revisions"]
}

// Announce records the deployment.
func (r *Runner) Announce(_ context.Context, d rollout.Deployment) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Told = append(r.Told, d)
	return r.Fail["announce"]
}

// FreeTag does nothing: the mock engine runs no hooks.
func (r *Runner) FreeTag(_ context.Context, reference string) error { return r.Fail[reference] }

// UnprotectDatabase records the instance.
func (r *Runner) UnprotectDatabase(_ context.Context, identifier string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Unprotected = append(r.Unprotected, identifier)
	return r.Fail[identifier]
}

// Releases answers the known ones.
func (r *Runner) Releases(context.Context, string) ([]rollout.Release, error) {
	return r.Known, r.Fail["releases"]
}

// Release answers the known one of that id.
func (r *Runner) Release(_ context.Context, _, id string) (rollout.Release, error) {
	for _, release := range r.Known {
		if release.ID == id {
			return release, nil
		}
	}
	return rollout.Release{}, rollout.ErrNoRelease
}

// Pushed answers what the repository holds.
func (r *Runner) Pushed(_ context.Context, repository string) ([]rollout.Pushed, error) {
	return r.Images[repository], r.Fail["pushed"]
}

// Remember records the release.
func (r *Runner) Remember(_ context.Context, _ string, now rollout.Release, _ int) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Noted = append(r.Noted, now)
	return "r1", r.Fail["remember"]
}
