package config

import "fmt"

// Bounds of a host's disk, GiB: the ECS-optimised image's snapshot and gp3's largest volume.
// Source: ECS Developer Guide, "Amazon ECS-optimized Linux AMIs"; EBS User Guide, "gp3 volumes".
const (
	minDisk = 30
	maxDisk = 16384
)

// maxHosts bounds what a typing error can cost.
const maxHosts = 100

func (v Hosts) validate(path string, r *report) {
	v.validateFailover(at(path, "failover"), r)
	switch v.Kind {
	case HostsEC2:
		v.validateEC2(path, r)
	case HostsFargate:
		for _, key := range []string{"instanceType", "count", "maxCount", "diskGiB"} {
			if r.given[at(path, key)] {
				r.add(at(path, key), "Fargate has no hosts to choose", "remove it (null removes what an extended stack sets)")
			}
		}
	default:
		r.add(at(path, "kind"), fmt.Sprintf("there is no kind of hosts %q", v.Kind), "use ec2 or fargate")
	}
}

// The tiers of failover.
const (
	FailoverStandby = "standby" // a second host in another zone, where each singleton's standby waits for its lease
	FailoverStopped = "stopped" // a stopped instance, which an alarm starts
	FailoverNone    = "none"    // the Auto Scaling group replaces a failed host
)

func (v Hosts) validateFailover(path string, r *report) {
	switch v.Failover {
	case FailoverStandby, FailoverNone:
	case FailoverStopped:
		if v.Fargate() {
			r.add(path, "Fargate has no instance that could be stopped", "use standby or none")
		}
	default:
		r.add(path, fmt.Sprintf("there is no tier of failover %q", v.Failover), "use standby, stopped or none")
	}
}

func (v Hosts) validateEC2(path string, r *report) {
	if _, ok := lookUpInstance(v.InstanceType); !ok {
		r.add(at(path, "instanceType"), fmt.Sprintf("the instance type %q is not known here", v.InstanceType),
			"use a size of "+instanceFamilies()+", such as t3.small (others: infra/config/instances.go)")
	}
	r.between(at(path, "count"), v.Count, 1, maxHosts, "hosts")
	if v.MaxCount < v.Count || v.MaxCount > maxHosts {
		r.add(at(path, "maxCount"), fmt.Sprintf("%d is out of range", v.MaxCount), fmt.Sprintf("give count (%d) to %d hosts", v.Count, maxHosts))
	}
	r.between(at(path, "diskGiB"), v.DiskGiB, minDisk, maxDisk, "GiB")
}
