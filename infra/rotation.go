package infra

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/config"
	"botyard/infra/platform"
)

// declareRotation declares what restarts a service whose secrets have new values. DATABASE_URL is none of them: its one-off
// task sets it, and a deploy follows.
func (s *stack) declareRotation() error {
	args := &platform.RotationArgs{Cluster: s.cluster, Region: s.region, AccountID: s.account, Names: s.names}
	for _, name := range config.Names(s.services) {
		var secrets pulumi.StringArray
		for _, secret := range slices.Compact(slices.Sorted(maps.Values(s.cfg.Services[name].Secrets))) {
			secrets = append(secrets, s.secrets.ARNs[secret])
		}
		if len(secrets) > 0 {
			args.Services = append(args.Services, platform.Rotated{Name: name, Service: s.services[name], Secrets: secrets})
		}
	}
	if len(args.Services) == 0 {
		return nil
	}
	_, err := platform.NewRotation(s.ctx, "rotation", args)
	return err
}
