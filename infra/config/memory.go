package config

import (
	"fmt"
	"strings"
)

// checkMemory reports a database whose memory nobody knows: alarms are a share of it.
func checkMemory(c *Config, r *report) {
	if c.Database == nil || r.broken(at("", "database")) {
		return
	}
	where := at(at("", "database"), "memoryGiB")
	_, known := c.Database.classMemory()
	switch {
	case known && r.given[where]:
		r.add(where, fmt.Sprintf("the memory of %s is known", c.Database.InstanceClass), "remove it")
	case !known && c.Database.MemoryGiB < 1:
		r.add(where, fmt.Sprintf("is missing: the memory of %s is not known here", c.Database.InstanceClass), "give the GiB that AWS's table of instance classes shows")
	}
}

// MemoryMiB is the memory of the database's instance.
func (v Database) MemoryMiB() int {
	if known, ok := v.classMemory(); ok {
		return known
	}
	return v.MemoryGiB * 1024
}

// classMemory is the memory of an instance class: that of the EC2 type of the same name.
// Source: Amazon RDS User Guide, "Hardware specifications for DB instance classes".
func (v Database) classMemory() (mebibytes int, known bool) {
	found, known := lookUpInstance(strings.TrimPrefix(v.InstanceClass, "db."))
	return found.memory, known
}
