package config

import (
	"maps"
	"slices"
	"strings"
)

// instance is what a type of EC2 instance offers.
type instance struct {
	vcpu   int
	memory int // MiB
	arm    bool
}

// family is a group of instance types that differ in size only.
type family struct {
	perVCPU int // MiB of memory for each vCPU; 0: a burstable family, whose sizes are irregular
	arm     bool
	medium  bool // offers a size of one vCPU
}

// families are the general ones up to 4xlarge, which is far beyond what this program is for.
// Source: Amazon EC2 Instance Types Guide, "General purpose", "Compute optimized" and "Memory
// optimized", tables of specifications.
var families = map[string]family{
	"t3": {}, "t3a": {}, "t4g": {arm: true},
	"m5": {perVCPU: 4096}, "m5a": {perVCPU: 4096}, "m6i": {perVCPU: 4096}, "m6a": {perVCPU: 4096},
	"m7i": {perVCPU: 4096}, "m7i-flex": {perVCPU: 4096}, "m7a": {perVCPU: 4096, medium: true},
	"m6g": {perVCPU: 4096, arm: true, medium: true}, "m7g": {perVCPU: 4096, arm: true, medium: true}, "m8g": {perVCPU: 4096, arm: true, medium: true},
	"c6i": {perVCPU: 2048}, "c6a": {perVCPU: 2048}, "c7i": {perVCPU: 2048}, "c7a": {perVCPU: 2048, medium: true},
	"c6g": {perVCPU: 2048, arm: true, medium: true}, "c7g": {perVCPU: 2048, arm: true, medium: true}, "c8g": {perVCPU: 2048, arm: true, medium: true},
	"r6i": {perVCPU: 8192}, "r6a": {perVCPU: 8192}, "r7i": {perVCPU: 8192},
	"r6g": {perVCPU: 8192, arm: true, medium: true}, "r7g": {perVCPU: 8192, arm: true, medium: true}, "r8g": {perVCPU: 8192, arm: true, medium: true},
}

// regular are the vCPUs of the sizes of a regular family.
var regular = map[string]int{"medium": 1, "large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16}

// burstable are the sizes of t3, t3a and t4g.
var burstable = map[string]instance{
	"nano": {vcpu: 2, memory: 512}, "micro": {vcpu: 2, memory: 1024}, "small": {vcpu: 2, memory: 2048},
	"medium": {vcpu: 2, memory: 4096}, "large": {vcpu: 2, memory: 8192},
	"xlarge": {vcpu: 4, memory: 16384}, "2xlarge": {vcpu: 8, memory: 32768},
}

// lookUpInstance knows the instance types of families.
func lookUpInstance(name string) (instance, bool) {
	familyName, size, _ := strings.Cut(name, ".")
	f, known := families[familyName]
	if !known {
		return instance{}, false
	}
	if f.perVCPU == 0 {
		found, ok := burstable[size]
		found.arm = f.arm
		return found, ok
	}
	vcpu, ok := regular[size]
	return instance{vcpu: vcpu, memory: vcpu * f.perVCPU, arm: f.arm}, ok && (vcpu > 1 || f.medium)
}

func instanceFamilies() string {
	return strings.Join(slices.Sorted(maps.Keys(families)), ", ")
}

// cpuUnits is what ECS has to give on the instance; 1024 a vCPU.
func (i instance) cpuUnits() int { return i.vcpu * 1024 }

// usable is the memory that ECS has to give, MiB: the kernel keeps some for itself. The ECS
// Developer Guide ("Reserving Amazon ECS Linux container instance memory") shows an m4.large of
// 8192 MiB that registers 7985; 95 % is a little less than that share, for the smaller types.
func (i instance) usable() int { return i.memory * 95 / 100 }
