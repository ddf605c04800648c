package infra

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/alarms"
	"botyard/infra/config"
	"botyard/infra/cost"
	"botyard/infra/platform"
)

// estimate says what the stack will cost and refuses it above the ceiling, before anything is declared. It returns nil where
// the table of prices does not have the region or a type, which stops only a stack with a ceiling.
func estimate(ctx *pulumi.Context, cfg *config.Config, region string) (*cost.Estimate, error) {
	e, err := cost.Of(Shape(cfg, region))
	switch {
	case cfg.Budget == nil && (errors.Is(err, cost.ErrRegion) || errors.Is(err, cost.ErrType)):
		return nil, ctx.Log.Warn(fmt.Sprintf("there is no estimate of the cost: %v", err), nil)
	case err != nil:
		return nil, fmt.Errorf("botyard:budget: %w; without the key there is no ceiling to hold", err)
	}
	told := fmt.Sprintf("This stack costs about $%.2f a month (%s)", e.TotalUSD, e.Region)
	if ctx.DryRun() { // the update that follows need not say it all again
		told += ":\n" + e.String()
	}
	if err := ctx.Log.Info(told, nil); err != nil {
		return nil, err
	}
	if cfg.Budget == nil || cfg.Budget.AllowAbove >= e.TotalUSD {
		return &e, nil
	}
	return &e, e.Exceeds(cfg.Budget.MonthlyUSD)
}

// Shape is what of the config costs money. Metrics that exist only in the hour in which something happens are left out.
func Shape(cfg *config.Config, region string) cost.Shape {
	s := cost.Shape{Region: region, Dashboards: 1, LoadBalancer: isPublic(cfg)}
	for _, name := range config.Names(cfg.Secrets) {
		if cfg.Secrets[name].ARN == "" {
			s.Secrets++
		}
	}
	addHosts(&s, cfg)
	for _, name := range config.Names(cfg.Services) {
		addService(&s, cfg, name, cfg.Services[name])
	}
	if db := cfg.Database; db != nil {
		s.Database = &cost.Database{Class: db.InstanceClass, StorageGiB: db.StorageGiB, MultiZone: db.MultiZone}
		s.Secrets += 1 + len(cfg.Grants()) // the master's, and each role's
		s.Alarms += len(alarms.Of(alarms.Database, alarms.Always))
	}
	if s.LoadBalancer {
		s.Alarms += len(alarms.Of(alarms.Edge, alarms.Always))
	}
	if s.LoadBalancer && cfg.Edge != nil {
		s.Alarms += len(alarms.Of(alarms.Edge, alarms.Domain))
	}
	return s
}

func addHosts(s *cost.Shape, cfg *config.Config) {
	if cfg.Hosts.Fargate() {
		return
	}
	kinds := len(alarms.Of(alarms.Hosts, platform.HostConditions(cfg.Hosts.InstanceType)...))
	active := cost.Hosts{Name: "hosts", InstanceType: cfg.Hosts.InstanceType, Count: cfg.Hosts.Count, DiskGiB: cfg.Hosts.DiskGiB}
	if cfg.Hosts.Failover == config.FailoverStopped {
		active.StoppedCount = 1
	}
	s.Hosts, s.Alarms = []cost.Hosts{active}, s.Alarms+kinds
	if cfg.Hosts.Failover == config.FailoverStandby {
		s.Hosts = append(s.Hosts, cost.Hosts{Name: "standby", InstanceType: cfg.Hosts.InstanceType, Count: 1, DiskGiB: cfg.Hosts.DiskGiB})
		s.Alarms += kinds
	}
	all := len(alarms.Of(alarms.Hosts, alarms.OnEC2))
	s.Alarms, s.CustomMetrics = s.Alarms+all, s.CustomMetrics+all
}

func addService(s *cost.Shape, cfg *config.Config, name string, service config.Service) {
	warded, standby := cfg.Warded(service.Image), service.Singleton && cfg.Hosts.Failover == config.FailoverStandby
	copies := service.Replicas
	for _, kind := range alarms.Of(alarms.Service, platform.ServiceConditions(warded, service.Singleton, service.Public != nil)...) {
		if kind.Composite() {
			s.CompositeAlarms++
		} else {
			s.Alarms++
		}
	}
	if standby {
		s.Alarms++ // its running tasks
		copies++
	}
	if warded {
		s.CustomMetrics++ // the heartbeat
	}
	if service.Singleton {
		s.Leases = append(s.Leases, cost.Lease{Service: name, Seconds: service.LeaseSeconds, Standby: standby})
	}
	if cfg.Hosts.Fargate() {
		s.Tasks = append(s.Tasks, cost.Task{Service: name, CPU: service.CPU, MemoryMiB: service.Memory, Count: copies, ARM: cfg.ARM(service.Image)})
	}
}

// costMarkdown is the estimate for the dashboard.
func costMarkdown(e *cost.Estimate) string {
	if e == nil {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "**$%.2f a month**, estimated with prices of %s in %s.\n\n| part | | USD |\n|---|---|---|\n", e.TotalUSD, e.Date, e.Region)
	for _, part := range e.Parts {
		fmt.Fprintf(&b, "| %s | %s | %.2f |\n", part.Name, part.Detail, part.USD)
	}
	return b.String()
}

// costOutput is the stack output monthlyCostUSD.
func costOutput(e *cost.Estimate) pulumi.Map {
	parts := pulumi.Map{}
	for _, part := range e.Parts {
		parts[part.Name] = pulumi.Float64(cost.Rounded(part.USD))
	}
	return pulumi.Map{"total": pulumi.Float64(e.TotalUSD), "parts": parts, "date": pulumi.String(e.Date), "region": pulumi.String(e.Region)}
}
