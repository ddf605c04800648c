package config

// guarded are the names of what infra/platform refuses to lose without an approval.
var guarded = []string{"cluster-hosts", "cluster-standby", "database", "models"}

// validateApprovals checks that each approval is about something that needs one.
func validateApprovals(approvals map[string]string, path string, r *report) {
	known := map[string]bool{}
	for _, name := range guarded {
		known[name] = true
	}
	for _, name := range Names(approvals) {
		switch {
		case !known[name]:
			r.add(at(path, name), "nothing of that name needs an approval", suggest(name, guarded))
		case approvals[name] == "":
			r.add(at(path, name), "is empty", "give the physical id of what may be lost, as the refusal shows it")
		}
	}
}

// Protected tells that what holds data is not to be lost: not on a stack whose database says so.
func (c *Config) Protected() bool { return c.Database == nil || c.Database.Protect }
