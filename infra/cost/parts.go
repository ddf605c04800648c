package cost

import (
	"fmt"
	"slices"
	"strings"
)

// zones are the availability zones of a stack, in each of which its load balancer has an address.
const zones = 2

// hosts adds the instances and their disks.
func (b *bill) hosts(all []Hosts) {
	usd, details := 0.0, []string(nil)
	types := grouped(all, func(h Hosts) string { return h.InstanceType }, func(h Hosts) int { return h.Count })
	for _, t := range types {
		usd += b.instance(all, t.of).of(hours) * float64(t.count)
		details = append(details, fmt.Sprintf("%d × %s", t.count, t.of))
	}
	if len(types) > 0 {
		b.add("hosts", strings.Join(details, ", ")+runs, usd)
	}
	b.disks(all)
}

// runs ends the detail of what is charged by the hour.
var runs = fmt.Sprintf(", %d h", hours)

// instance is the hourly price of an instance type.
func (b *bill) instance(all []Hosts, instanceType string) price {
	first := all[slices.IndexFunc(all, func(h Hosts) bool { return h.InstanceType == instanceType })]
	what := fmt.Sprintf("hosts %q: the instance type %q", first.Name, instanceType)
	return b.typed("ec2."+instanceType, what, b.instances(instanceType))
}

// instances says which types have a price: those of the type's family, or else the families.
func (b *bill) instances(instanceType string) string {
	family, _, _ := strings.Cut(instanceType, ".")
	if sizes := b.table.below("ec2." + family + "."); len(sizes) > 0 {
		return fmt.Sprintf("of %s it has %s", family, strings.Join(sizes, ", "))
	}
	var families []string
	for _, each := range b.table.below("ec2.") {
		name, _, _ := strings.Cut(each, ".")
		families = append(families, name)
	}
	return "use a type of " + strings.Join(slices.Compact(families), ", ")
}

// disks adds the hosts' volumes; a stopped host keeps its own.
func (b *bill) disks(all []Hosts) {
	usd, stopped, details := 0.0, 0, []string(nil)
	gp3 := b.price("storage.ebs.gp3")
	sizes := grouped(all, func(h Hosts) int { return h.DiskGiB }, func(h Hosts) int { return h.Count + h.StoppedCount })
	for _, size := range sizes {
		usd += gp3.of(float64(size.of * size.count))
		details = append(details, fmt.Sprintf("%d × %d GiB", size.count, size.of))
	}
	for _, h := range all {
		stopped += h.StoppedCount
	}
	if stopped > 0 {
		details = append(details, fmt.Sprintf("%d of them stopped", stopped))
	}
	if len(sizes) > 0 {
		b.add("host disks", strings.Join(details, ", "), usd)
	}
}

// tasks adds those on Fargate.
func (b *bill) tasks(all []Task) {
	usd, details := 0.0, []string(nil)
	for _, kind := range []struct {
		arm       bool
		key, name string
	}{{false, "fargate.x86", "x86"}, {true, "fargate.arm", "ARM"}} {
		count, vcpu, gb := 0, 0.0, 0.0
		for _, t := range all {
			if t.ARM == kind.arm {
				count += t.Count
				vcpu += float64(t.CPU*t.Count) / 1024
				gb += float64(t.MemoryMiB*t.Count) / 1024
			}
		}
		if count > 0 {
			usd += b.price(kind.key+".vcpu").of(vcpu*hours) + b.price(kind.key+".gb").of(gb*hours)
			details = append(details, fmt.Sprintf("%d on %s: %s vCPU, %s GB", count, kind.name, plain(vcpu), plain(gb)))
		}
	}
	if len(details) > 0 {
		b.add("tasks", strings.Join(details, "; ")+runs, usd)
	}
}

// addresses adds the public IPv4 addresses. There is no NAT: each host and each task on Fargate has one of its own.
func (b *bill) addresses(shape Shape) {
	of := map[string]int{}
	for _, h := range shape.Hosts {
		of["of hosts"] += h.Count
	}
	for _, t := range shape.Tasks {
		of["of tasks"] += t.Count
	}
	if shape.LoadBalancer {
		of["of the load balancer"] = zones
	}
	sum, details := 0, []string(nil)
	for _, owner := range []string{"of hosts", "of tasks", "of the load balancer"} {
		if of[owner] > 0 {
			sum += of[owner]
			details = append(details, fmt.Sprintf("%d %s", of[owner], owner))
		}
	}
	if sum > 0 {
		b.add("public IPv4", strings.Join(details, ", ")+runs, b.price("ipv4").of(hours)*float64(sum))
	}
}

func (b *bill) loadBalancer() {
	lcu := b.given(0, "alb.lcu")
	usd := b.price("alb").of(hours) + b.price("alb.lcu").of(lcu*hours)
	b.add("load balancer", fmt.Sprintf("%s LCU%s", plain(lcu), runs), usd)
}

func (b *bill) transfer() {
	out, gb := b.price("transfer"), b.given(0, "transfer")
	b.add("data transfer", fmt.Sprintf("%s GB out%s", plain(gb), freeOf(out)), out.of(gb))
}
