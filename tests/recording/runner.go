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
	Holders  []rollout.Holder
	Secrets  []string
	// Fail maps a one-off's, service's or secret's name to the error that it meets.
	Fail map[string]error
}

// RunOneOff records the task.
func (r *Runner) RunOneOff(_ context.Context, o rollout.OneOff) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.OneOffs = append(r.OneOffs, o)
	return r.Fail[o.Name]
}

// WaitSteady records the service.
func (r *Runner) WaitSteady(_ context.Context, s rollout.Service) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Services = append(r.Services, s)
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
