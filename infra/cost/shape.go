package cost

import (
	"errors"
	"fmt"
	"math"
)

// Shape is what of a stack costs money.
type Shape struct {
	// Region is AWS's, such as us-east-1.
	Region string
	// Hosts are the groups of EC2 instances. Each running one has a public IPv4 address.
	Hosts []Hosts
	// Tasks are those on Fargate. Each has a public IPv4 address. Tasks on EC2 cost nothing of their own.
	Tasks []Task
	// Database is the stack's Postgres; nil: none.
	Database *Database
	// LoadBalancer tells whether there is one, an Application Load Balancer in two zones.
	LoadBalancer bool
	// Secrets are those in Secrets Manager, RDS's own for the master password among them.
	Secrets int
	// Alarms are metric alarms on one metric each. An alarm on an expression counts once for each metric in it.
	Alarms          int
	CompositeAlarms int
	// CustomMetrics are the series, one for each set of dimensions; metrics of AWS's own services are free.
	CustomMetrics int
	// Dashboards have up to 50 metrics each.
	Dashboards int
	// Leases are the singletons'.
	Leases []Lease
	// ImagesGB are the GB kept in ECR, and LogsGB those that CloudWatch takes in a month. 0: as assumed in prices.yaml.
	ImagesGB, LogsGB float64
}

// Hosts are EC2 instances of one type.
type Hosts struct {
	// Name is for messages.
	Name string
	// InstanceType is EC2's, such as t3.small.
	InstanceType string
	// Count is how many run all month.
	Count int
	// DiskGiB is the gp3 volume of each.
	DiskGiB int
	// StoppedCount are those of a warm pool, which have a disk and nothing else.
	StoppedCount int
}

// Task is a service's tasks on Fargate.
type Task struct {
	// Service is for messages.
	Service string
	// CPU is in units (1024 = one vCPU) and MemoryMiB in MiB, of each task.
	CPU, MemoryMiB int
	Count          int
	// ARM tells that it runs on Graviton, which is cheaper.
	ARM bool
}

// Database is an RDS Postgres with gp3 storage.
type Database struct {
	// Class is RDS's, such as db.t4g.micro.
	Class      string
	StorageGiB int
	// MultiZone: a standby in another zone.
	MultiZone bool
}

// Lease is a singleton's (images/warden/README.md).
type Lease struct {
	// Service is for messages.
	Service string
	// Seconds is how long the lease holds. It is renewed each fifth of that.
	Seconds int
	// Standby tells that somebody waits for it all month, reading once a second.
	Standby bool
}

// check refuses what cannot be priced because it makes no sense.
func (s Shape) check() error {
	c := &checker{}
	if s.Region == "" {
		c.errs = append(c.errs, errors.New("the shape has no region; give AWS's name of one, such as us-east-1"))
	}
	for _, h := range s.Hosts {
		name := fmt.Sprintf("hosts %q", h.Name)
		c.least(name+": Count", h.Count, 0)
		c.least(name+": StoppedCount", h.StoppedCount, 0)
		c.least(name+": DiskGiB", h.DiskGiB, 0)
	}
	for _, t := range s.Tasks {
		name := fmt.Sprintf("tasks of %q", t.Service)
		c.least(name+": Count", t.Count, 0)
		c.least(name+": CPU", t.CPU, 0)
		c.least(name+": MemoryMiB", t.MemoryMiB, 0)
	}
	if s.Database != nil {
		c.least("database: StorageGiB", s.Database.StorageGiB, 0)
	}
	for _, l := range s.Leases {
		c.least(fmt.Sprintf("lease of %q: Seconds", l.Service), l.Seconds, 1)
	}
	c.least("Secrets", s.Secrets, 0)
	c.least("Alarms", s.Alarms, 0)
	c.least("CompositeAlarms", s.CompositeAlarms, 0)
	c.least("CustomMetrics", s.CustomMetrics, 0)
	c.least("Dashboards", s.Dashboards, 0)
	c.volume("ImagesGB", s.ImagesGB)
	c.volume("LogsGB", s.LogsGB)
	return errors.Join(c.errs...)
}

// checker gathers what is wrong with a shape.
type checker struct{ errs []error }

func (c *checker) least(name string, value, least int) {
	if value < least {
		c.errs = append(c.errs, fmt.Errorf("%s is %d; give %d or more", name, value, least))
	}
}

func (c *checker) volume(name string, value float64) {
	if !(value >= 0) || math.IsInf(value, 1) {
		c.errs = append(c.errs, fmt.Errorf("%s is %v; give 0 or more", name, value))
	}
}
