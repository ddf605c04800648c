package config

import (
	"slices"
	"strings"
)

// Hosts is what the tasks run on.
type Hosts struct {
	// Kind is ec2 or fargate.
	Kind string `key:"kind"`
	// Failover is what waits for the day that a host fails: standby, stopped or none.
	Failover string `key:"failover"`
	// InstanceType is EC2's; empty on Fargate, like all below.
	InstanceType string `key:"instanceType"`
	// Count is how many hosts run at least, MaxCount at most.
	Count    int `key:"count"`
	MaxCount int `key:"maxCount"`
	// DiskGiB is the size of a host's disk.
	DiskGiB int `key:"diskGiB"`
}

// The kinds of hosts.
const (
	HostsEC2     = "ec2"
	HostsFargate = "fargate"
)

// Fargate tells that tasks run on Fargate.
func (h Hosts) Fargate() bool { return h.Kind == HostsFargate }

// Database is the stack's one Postgres instance.
type Database struct {
	// EngineVersion is the major version.
	EngineVersion string `key:"engineVersion,required"`
	// InstanceClass is RDS's, such as db.t4g.micro.
	InstanceClass string `key:"instanceClass"`
	// MemoryGiB is the class's memory; 0 where the program knows it.
	MemoryGiB  int `key:"memoryGiB"`
	StorageGiB int `key:"storageGiB"`
	// BackupDays is how many daily backups are kept; 0 is none.
	BackupDays int `key:"backupDays"`
	// BackupWindow (03:00-04:00) and MaintenanceWindow (sun:04:30-sun:05:30) are UTC.
	BackupWindow      string `key:"backupWindow"`
	MaintenanceWindow string `key:"maintenanceWindow"`
	// MultiZone keeps a synchronous standby in the other zone.
	MultiZone bool `key:"multiZone"`
	// Protect refuses deletion and takes a final snapshot.
	Protect bool `key:"protect"`
	// InitImage is the layer whose one-off task creates databases and roles.
	InitImage string `key:"initImage,required"`
}

// Grant is one service's role in a database.
type Grant struct{ Service, Database, Access string }

// Grants are all services' roles, sorted by database and service.
func (c *Config) Grants() []Grant {
	var grants []Grant
	for _, name := range Names(c.Services) {
		if database := c.Services[name].Database; database != nil {
			grants = append(grants, Grant{name, database.Name, database.Access})
		}
	}
	// Services come sorted already, and a stable sort leaves them so.
	slices.SortStableFunc(grants, func(a, b Grant) int { return strings.Compare(a.Database, b.Database) })
	return grants
}

// ARM tells that a layer is built for linux/arm64.
func (c *Config) ARM(layer string) bool { return c.Images[layer].Platform == platformARM }

// Platforms of images.
const (
	platformAMD = "linux/amd64"
	platformARM = "linux/arm64"
)

// Platform is the hosts' platform. On Fargate, where a task definition chooses it, it is the default.
func (h Hosts) Platform() string {
	if found, ok := lookUpInstance(h.InstanceType); ok && found.arm {
		return platformARM
	}
	return platformAMD
}
