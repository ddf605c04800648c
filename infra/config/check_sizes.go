package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Bounds of a task on EC2. Source: ECS API reference, RegisterTaskDefinition, cpu (128 to
// 196608) and ContainerDefinition, memory (Docker reserves 6 MiB at least).
const (
	minCPU    = 128
	maxCPU    = 196608
	minMemory = 6
)

// checkSizes reports services too big or too odd for what they run on.
func checkSizes(c *Config, r *report) {
	for _, name := range Names(c.Services) {
		path := at(at("", "services"), name)
		if c.Hosts.Fargate() {
			checkFargateSize(c.Services[name], path, r)
		} else {
			checkHostSize(c.Services[name], c.Hosts, path, r)
		}
	}
}

func checkHostSize(s Service, hosts Hosts, path string, r *report) {
	host, known := lookUpInstance(hosts.InstanceType)
	switch {
	case s.CPU < minCPU || s.CPU > maxCPU:
		r.between(at(path, "cpu"), s.CPU, minCPU, maxCPU, "CPU units (1024 = one vCPU)")
	case known && s.CPU > host.cpuUnits():
		r.add(at(path, "cpu"), fmt.Sprintf("%d CPU units do not fit on a %s, which has %d", s.CPU, hosts.InstanceType, host.cpuUnits()),
			"give less, or choose a larger hosts.instanceType")
	}
	switch {
	case s.Memory < minMemory:
		r.add(at(path, "memory"), fmt.Sprintf("%d is out of range", s.Memory), fmt.Sprintf("give at least %d MiB", minMemory))
	case known && s.Memory > host.usable():
		r.add(at(path, "memory"), fmt.Sprintf("%d MiB do not fit on a %s, where about %d are free for tasks", s.Memory, hosts.InstanceType, host.usable()),
			"give less, or choose a larger hosts.instanceType")
	}
}

// fargateMemory is the memory, MiB, that Fargate offers with each number of CPU units.
type fargateMemory struct{ low, high, step int }

// fargateSizes are the combinations. Source: ECS Developer Guide, "Troubleshoot Amazon ECS task
// definition invalid CPU or memory errors".
var fargateSizes = map[int]fargateMemory{
	256: {512, 2048, 512}, 512: {1024, 4096, 1024}, 1024: {2048, 8192, 1024}, 2048: {4096, 16384, 1024},
	4096: {8192, 30720, 1024}, 8192: {16384, 61440, 4096}, 16384: {32768, 122880, 8192},
}

func checkFargateSize(s Service, path string, r *report) {
	offer, ok := fargateSizes[s.CPU]
	if !ok {
		var sizes []string
		for _, size := range slices.Sorted(maps.Keys(fargateSizes)) {
			sizes = append(sizes, fmt.Sprint(size))
		}
		r.add(at(path, "cpu"), fmt.Sprintf("Fargate does not offer %d CPU units", s.CPU), "use one of "+strings.Join(sizes, ", "))
		return
	}
	// 256 CPU units go with 512, 1024 and 2048 MiB, but not with 1536.
	if s.Memory < offer.low || s.Memory > offer.high || s.Memory%offer.step != 0 || s.CPU == 256 && s.Memory == 1536 {
		steps := fmt.Sprintf("give %d to %d MiB in steps of %d", offer.low, offer.high, offer.step)
		if s.CPU == 256 {
			steps = "give 512, 1024 or 2048 MiB"
		}
		r.add(at(path, "memory"), fmt.Sprintf("Fargate does not offer %d MiB with %d CPU units", s.Memory, s.CPU), steps)
	}
}

// checkCapacity reports a fleet that all hosts together cannot hold, with the room that a
// rollout takes: a new task starts before the old one stops, but for a singleton with a fixed port of the host.
func checkCapacity(c *Config, r *report) {
	host, known := lookUpInstance(c.Hosts.InstanceType)
	if c.Hosts.Fargate() || !known || c.Hosts.MaxCount < 1 {
		return
	}
	var cpu, memory, extraCPU, extraMemory int
	for name, s := range c.Services {
		cpu, memory = cpu+s.CPU*s.Replicas, memory+s.Memory*s.Replicas
		if !s.Singleton || c.HandsOver(name) {
			extraCPU, extraMemory = max(extraCPU, s.CPU), max(extraMemory, s.Memory)
		}
	}
	check := func(unit string, wanted, extra, offered int) {
		if wanted+extra > offered {
			r.add(at(at("", "hosts"), "maxCount"), fmt.Sprintf("the services need %d %s and a rollout %d more, but %d × %s has %d",
				wanted, unit, extra, c.Hosts.MaxCount, c.Hosts.InstanceType, offered), "give more or larger hosts, or make the services smaller")
		}
	}
	check("CPU units", cpu, extraCPU, c.Hosts.MaxCount*host.cpuUnits())
	check("MiB", memory, extraMemory, c.Hosts.MaxCount*host.usable())
}
