package infra

import (
	"maps"
	"slices"

	"botyard/infra/config"
	"botyard/infra/platform"
)

// systemLogDays is how long logs are kept that belong to no service (flow logs, one-off tasks).
const systemLogDays = 30

// declareGuard has to come first: what is no longer declared asks for it as well.
func (s *stack) declareGuard() (err error) {
	s.guard, err = platform.NewGuard(s.ctx, &platform.GuardArgs{Approvals: s.cfg.Approvals, Runner: s.runner})
	return err
}

// guarded is the guard of what is protected, and nil of what is not.
func (s *stack) guarded(protected bool) *platform.Guard {
	if !protected {
		return nil
	}
	return s.guard
}

// hasVolumes tells that services keep data on the hosts' disks.
func (s *stack) hasVolumes() bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(s.cfg.Services)), func(c config.Service) bool { return len(c.Volumes) > 0 })
}

func (s *stack) declareRegistry() (err error) {
	s.registry, err = platform.NewRegistry(s.ctx, "registry", &platform.RegistryArgs{
		Layers:  config.Names(s.cfg.Images),
		Retain:  s.cfg.Registry.Retain,
		Address: s.cfg.Registry.Address,
		Names:   s.names,
	})
	return err
}

func (s *stack) declareNetwork() (err error) {
	s.network, err = platform.NewNetwork(s.ctx, "network", &platform.NetworkArgs{
		CIDR:     s.cfg.Network.CIDR,
		FlowLogs: s.cfg.Network.FlowLogs,
		LogDays:  systemLogDays,
		Region:   s.region,
		Names:    s.names,
	})
	return err
}

func (s *stack) declareCluster() (err error) {
	args := &platform.ClusterArgs{
		Network: s.network, Names: s.names,
		Standby: s.cfg.Hosts.Failover == config.FailoverStandby,
		Fronts:  slices.ContainsFunc(config.Names(s.cfg.Services), s.hasFront),
	}
	if !s.cfg.Hosts.Fargate() {
		args.Hosts = &platform.HostsArgs{
			InstanceType: s.cfg.Hosts.InstanceType,
			ARM:          s.cfg.Hosts.Platform() == "linux/arm64",
			Count:        s.cfg.Hosts.Count,
			MaxCount:     s.cfg.Hosts.MaxCount,
			DiskGiB:      s.cfg.Hosts.DiskGiB,
			Stopped:      s.cfg.Hosts.Failover == config.FailoverStopped,
			Alerts:       s.alerts,
			Guard:        s.guarded(s.hasVolumes() && s.cfg.Protected()),
			Tags:         s.cfg.Tags,
			Names:        s.names,
		}
	}
	s.cluster, err = platform.NewCluster(s.ctx, "cluster", args)
	return err
}

// hasFront tells that other tasks of the service pass requests on to the one that holds the lease.
func (s *stack) hasFront(service string) bool {
	return s.cfg.HandsOver(service) && s.cfg.Services[service].Port != nil
}

func (s *stack) declareLeases() (err error) {
	s.leases, err = platform.NewLeases(s.ctx, "leases", &platform.LeasesArgs{Names: s.names})
	return err
}

func (s *stack) declareSecrets() (err error) {
	var secrets []platform.Secret
	for _, name := range config.Names(s.cfg.Secrets) {
		secret := s.cfg.Secrets[name]
		secrets = append(secrets, platform.Secret{Name: name, Description: secret.Description, Arn: secret.ARN})
	}
	s.secrets, err = platform.NewSecrets(s.ctx, "secrets", &platform.SecretsArgs{Secrets: secrets, Runner: s.runner, Names: s.names})
	return err
}

func (s *stack) declareDatabase() (err error) {
	db := s.cfg.Database
	if db == nil {
		return nil
	}
	s.database, err = platform.NewDatabase(s.ctx, "database", &platform.DatabaseArgs{
		Network: s.network, Cluster: s.cluster, Names: s.names, Alerts: s.alerts, Guard: s.guarded(db.Protect),
		EngineVersion: db.EngineVersion, InstanceClass: db.InstanceClass, StorageGiB: db.StorageGiB, MemoryMiB: db.MemoryMiB(),
		BackupDays: db.BackupDays, BackupWindow: db.BackupWindow, MaintenanceWindow: db.MaintenanceWindow,
		MultiZone: db.MultiZone, Protect: db.Protect,
	})
	if err != nil {
		return err
	}
	s.access, err = platform.NewAccess(s.ctx, "database-init", &platform.AccessArgs{
		Database: s.database, Cluster: s.cluster, Names: s.names,
		Image: s.image(db.InitImage), RepositoryArn: s.registry.ARNs[db.InitImage],
		Grants: grants(s.cfg), LogDays: systemLogDays, Region: s.region, ARM: s.cfg.ARM(db.InitImage),
		Runner: s.runner, Gates: s.built(),
	})
	return err
}

func grants(cfg *config.Config) []platform.Grant {
	var list []platform.Grant
	for _, grant := range cfg.Grants() {
		list = append(list, platform.Grant(grant))
	}
	return list
}

func (s *stack) declareEdge() (err error) {
	if !isPublic(s.cfg) {
		return nil
	}
	args := &platform.EdgeArgs{Network: s.network, Cluster: s.cluster, Alerts: s.alerts, Names: s.names}
	if edge := s.cfg.Edge; edge != nil {
		args.Domain, args.Zone, args.Protect = edge.Domain, edge.Zone, true
	}
	s.edge, err = platform.NewEdge(s.ctx, "edge", args)
	return err
}

// isPublic tells that a service is behind the load balancer.
func isPublic(cfg *config.Config) bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(cfg.Services)), func(c config.Service) bool { return c.Public != nil })
}

// declareRecovery declares what AWS does by itself about a dead host; Fargate has none.
func (s *stack) declareRecovery() error {
	if s.cluster.Fargate {
		return nil
	}
	args := &platform.RecoveryArgs{Cluster: s.cluster, Region: s.region, AccountID: s.account, Names: s.names}
	if s.cfg.Hosts.Failover == config.FailoverStopped {
		for _, name := range config.Names(s.services) {
			if down := s.services[name].Down; down != nil {
				args.Down = append(args.Down, *down)
			}
		}
	}
	_, err := platform.NewRecovery(s.ctx, "recovery", args)
	return err
}
