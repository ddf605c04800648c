package config

import "botyard/infra/image"

// prefill sets a fresh value's defaults: what a key means when it is absent. Everything else
// that can be left out is off or empty when it is.
//
// Those of hosts and of an image's platform depend on other keys; derive sets them.
func prefill(target any) {
	switch t := target.(type) {
	case *Config:
		t.Registry.Retain = 20                                  // releases that a rollback can go back to
		t.Builds.Parallel = 4                                   // one a processor of GitHub's usual runner
		t.Network.CIDR = "10.20.0.0/16"                         // 65,536 addresses
		t.Hosts = Hosts{Kind: HostsEC2, Failover: FailoverNone} // its other keys: see derive, because Fargate has none
		t.Alerts.Runbooks = "docs/runbooks.md"                  // a path of this repository is better than no hint
	case *Image:
		t.Dockerfile = "Dockerfile"
		t.MaxFileMiB = image.DefaultMaxFileMiB
	case *Git:
		t.Path = "."
		t.Submodules = true // an image without them is seldom meant
		t.LFS = LFSRefuse   // models belong in a bucket
	case *Scan:
		t.StopAt, t.Wait = "critical", 600 // ten times what a basic scan takes
	case *Model:
		t.Protect = true // a trained model may be nowhere else
	case *ServiceModel:
		t.Version = LatestModel
	case *Delivery:
		t.Provider = true // nothing else is in a fresh account
	case *Database:
		t.InstanceClass = "db.t4g.micro" // 2 vCPU, 1 GiB: the smallest that RDS offers
		t.StorageGiB = 20                // the least that RDS accepts of gp3
		t.BackupDays = 7                 // AWS Foundational Security Best Practices, RDS.11
		t.Protect = true                 // safe unless somebody says otherwise
	case *Service:
		t.Replicas = 1
		t.LogDays = 30
		t.StartsPerDay = 20 // Discord resets a bot's token after 1,000 logins in 24 h
		t.ErrorPattern = defaultErrors
		prefill(&t.Health)
	case *Public:
		t.HealthPath = "/"
	case *HTTPProbe:
		t.Status = 200
	case *Health:
		t.Interval, t.Timeout, t.Retries = 10, 5, 3 // unhealthy after half a minute
		t.StartPeriod = 30
	}
}

// defaultErrors matches an error of a service that logs JSON with its level, as most libraries write it; the warden's own
// lines have alarms of their own.
const defaultErrors = `{ ($.level = "ERROR" || $.level = "CRITICAL" || $.level = "FATAL" || $.level = "error" || ` +
	`$.level = "critical" || $.level = "fatal") && ($.source NOT EXISTS || $.source != "warden") }`

// derive sets the defaults that depend on other keys.
func (c *Config) derive(r *report) {
	given := func(key string) bool { return r.given[at(at("", "hosts"), key)] }
	if !c.Hosts.Fargate() {
		if !given("instanceType") {
			c.Hosts.InstanceType = "t3.small" // 2 vCPU, 2 GiB: carries the sample fleet
		}
		if !given("count") {
			c.Hosts.Count = 1
		}
		if !given("maxCount") {
			c.Hosts.MaxCount = c.Hosts.Count + 1 // room for a rollout, and for replacing a host
		}
		if !given("diskGiB") {
			c.Hosts.DiskGiB = 30 // the size of the ECS-optimised image
		}
	}
	for name, service := range c.Services {
		if service.Singleton && !r.given[at(at(at("", "services"), name), "leaseSeconds")] {
			service.LeaseSeconds = 15 // what a failover waits when a holder dies without a word
			c.Services[name] = service
		}
	}
	if _, ok := c.Images[defaultWarden]; ok && !r.given[at("", "warden")] {
		c.Warden = defaultWarden
	}
	for name, layer := range c.Images {
		if layer.Platform == "" {
			layer.Platform = c.Hosts.Platform()
			c.Images[name] = layer
		}
	}
}
