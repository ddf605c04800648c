package infra

import (
	"cmp"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/config"
	"botyard/infra/platform"
)

// declareServices declares the services, those that own a database's schema first: the others
// wait for their one-off tasks, so that new code never meets an old schema.
func (s *stack) declareServices() error {
	names := slices.SortedFunc(maps.Keys(s.cfg.Services), func(a, b string) int {
		if first := cmp.Compare(rank(s.cfg.Services[a]), rank(s.cfg.Services[b])); first != 0 {
			return first
		}
		return cmp.Compare(a, b)
	})
	migrated := map[string]pulumi.StringOutput{} // database → its owner's one-off task has succeeded
	priorities := priorities(s.cfg.Services)
	for _, name := range names {
		service := s.cfg.Services[name]
		declared, err := platform.NewService(s.ctx, name, s.serviceArgs(name, service, migrated, priorities))
		if err != nil {
			return err
		}
		s.services[name] = declared
		if service.Database != nil && service.Database.Access == config.AccessOwner {
			migrated[service.Database.Name] = declared.Ready
		}
	}
	return nil
}

func rank(service config.Service) int {
	if service.Database != nil && service.Database.Access == config.AccessOwner {
		return 0
	}
	return 1
}

func (s *stack) serviceArgs(name string, service config.Service, migrated map[string]pulumi.StringOutput, priorities map[string]int) *platform.ServiceArgs {
	args := &platform.ServiceArgs{
		Cluster: s.cluster, Names: s.names, Runner: s.runner, Alerts: s.alerts, Events: s.events, Region: s.region,
		Exec: service.Exec, ErrorPattern: service.ErrorPattern, Thresholds: service.Alarms,
		Image: s.image(service.Image), RepositoryArn: s.registry.ARNs[service.Image], ARM: s.cfg.ARM(service.Image),
		CPU: service.CPU, Memory: service.Memory, Replicas: service.Replicas, LogDays: service.LogDays,
		Singleton: service.Singleton, HandsOver: s.cfg.HandsOver(name), Command: service.Command, Environment: service.Environment, Before: service.Before,
		Secrets: map[string]platform.SecretValue{}, Models: s.uses(service),
		Gates: s.built(),
	}
	if s.released != nil { // its one-off task has run when it was new; going back, the newer schema stays
		args.Before = nil
	}
	if s.cfg.Warded(service.Image) {
		args.Warden = &platform.Warden{Leases: s.leases, LeaseSeconds: service.LeaseSeconds, StartsPerDay: service.StartsPerDay}
	}
	if service.Port != nil {
		args.Port = &platform.Port{Container: service.Port.Container, Host: service.Port.Host}
	}
	args.Health = health(service.Health)
	for _, volume := range service.Volumes {
		args.Volumes = append(args.Volumes, platform.Volume{Name: volume.Name, Path: volume.Path})
	}
	for variable, secret := range service.Secrets {
		args.Secrets[variable] = platform.SecretValue{From: s.secrets.ARNs[secret], Arn: s.secrets.ARNs[secret]}
		args.Gates = append(args.Gates, s.secrets.Present[secret])
	}
	if service.Database != nil {
		args.Secrets["DATABASE_URL"] = s.access.URLs[name]
		args.Gates = append(args.Gates, s.access.Ready)
		if ready, ok := migrated[service.Database.Name]; ok {
			args.Gates = append(args.Gates, ready)
		}
	}
	if service.Public != nil {
		args.Route = &platform.Route{
			Edge: s.edge, Path: service.Public.Path, HealthPath: service.Public.HealthPath, Priority: priorities[name],
		}
	}
	return args
}

func health(probe config.Health) *platform.Health {
	h := &platform.Health{
		Command: probe.Command, Interval: probe.Interval, Timeout: probe.Timeout, Retries: probe.Retries, StartPeriod: probe.StartPeriod,
	}
	if probe.HTTP != nil {
		http := platform.HTTPProbe(*probe.HTTP)
		h.HTTP = &http
	}
	if probe.TCP != nil {
		tcp := platform.TCPProbe(*probe.TCP)
		h.TCP = &tcp
	}
	return h
}

// priorities orders the public services' rules: the longer path first, so that /* comes last.
func priorities(services map[string]config.Service) map[string]int {
	var names []string
	for name, service := range services {
		if service.Public != nil {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(-cmp.Compare(len(services[a].Public.Path), len(services[b].Public.Path)), cmp.Compare(a, b))
	})
	order := map[string]int{}
	for i, name := range names {
		order[name] = (i + 1) * 10 // room for a rule by hand between two
	}
	return order
}
