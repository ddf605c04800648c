package config

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// reservedHostPorts are taken on an ECS host by SSH, Docker and the ECS agent.
// Source: ECS API reference, PortMapping, hostPort.
var reservedHostPorts = []int{22, 2375, 2376, 51678, 51679, 51680}

// firstEphemeral is the first of the ports from which Docker chooses by itself.
// Source: ECS API reference, PortMapping, hostPort; /proc/sys/net/ipv4/ip_local_port_range.
const firstEphemeral = 32768

func (v Port) validate(path string, r *report) {
	r.between(at(path, "container"), v.Container, 1, 65535, "")
	where := at(path, "host")
	switch {
	case v.Host < 0 || v.Host > 65535:
		r.add(where, fmt.Sprintf("%d is out of range", v.Host), "give 1 to 32767, or 0 to let Docker choose")
	case slices.Contains(reservedHostPorts, v.Host):
		r.add(where, fmt.Sprintf("%d is taken by SSH, Docker or the ECS agent", v.Host), "give another, or 0 to let Docker choose")
	case v.Host >= firstEphemeral:
		r.add(where, fmt.Sprintf("%d is among the ports that Docker gives away", v.Host), "give 1 to 32767, or 0 to let Docker choose")
	}
}

// Limits of a load balancer's rules and health checks, in characters.
// Source: Elastic Load Balancing API reference, PathPatternConditionConfig and CreateTargetGroup.
const (
	maxPath       = 128
	maxHealthPath = 1024
)

var (
	pathPattern       = regexp.MustCompile(`^/[A-Za-z0-9_.$/~"'@:+&*?-]*$`)
	healthPathPattern = regexp.MustCompile(`^/[A-Za-z0-9_.$/~@:+&=%?-]*$`)
)

func (v Public) validate(path string, r *report) {
	if len(v.Path) > maxPath || !pathPattern.MatchString(v.Path) {
		r.add(at(path, "path"), fmt.Sprintf("%q is no path pattern", v.Path), "give one such as /* or /api/*, at most 128 characters")
	}
	if len(v.HealthPath) > maxHealthPath || !healthPathPattern.MatchString(v.HealthPath) {
		r.add(at(path, "healthPath"), fmt.Sprintf("%q is no path", v.HealthPath), "give one such as /healthz, without wildcards")
	}
}

// maxIdentifier is Postgres's. Source: PostgreSQL documentation, "Identifiers and Key Words".
const maxIdentifier = 63

var databasePattern = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// systemDatabases exist in every instance.
var systemDatabases = []string{"postgres", "template0", "template1", "rdsadmin"}

func (v ServiceDatabase) validate(path string, r *report) {
	switch {
	case len(v.Name) > maxIdentifier || !databasePattern.MatchString(v.Name):
		r.add(at(path, "name"), fmt.Sprintf("%q is no database name", v.Name), "use lower-case letters, digits and _, beginning with a letter, at most 63 characters")
	case slices.Contains(systemDatabases, v.Name):
		r.add(at(path, "name"), fmt.Sprintf("%q is Postgres's own", v.Name), "choose another name")
	}
	if access := []string{AccessOwner, AccessWrite, AccessRead}; !slices.Contains(access, v.Access) {
		r.add(at(path, "access"), fmt.Sprintf("there is no access %q", v.Access), "use owner, write or read")
	}
}

// scratchVolume is the name that platform gives /tmp on Fargate.
const scratchVolume = "scratch"

// ownVolumes are the names that the program itself gives.
var ownVolumes = []string{scratchVolume, modelsVolume}

func (v Volume) validate(where string, r *report) {
	switch {
	case !isName(v.Name):
		r.add(at(where, "name"), fmt.Sprintf("%q is no volume name", v.Name), "use "+nameRule)
	case slices.Contains(ownVolumes, v.Name):
		r.add(at(where, "name"), fmt.Sprintf("%q is the program's own", v.Name), "choose another name")
	}
	reserved := slices.ContainsFunc(kernelFolders, func(folder string) bool {
		return v.Path == folder || strings.HasPrefix(v.Path, folder+"/")
	})
	if !path.IsAbs(v.Path) || path.Clean(v.Path) != v.Path || v.Path == "/" || strings.ContainsAny(v.Path, ":,\x00\n") || reserved {
		r.add(at(where, "path"), fmt.Sprintf("%q is no folder for a volume", v.Path), "give an absolute path such as /data, outside of /proc, /sys, /dev and /tmp")
	}
}

// validate holds ECS's bounds. Source: ECS API reference, HealthCheck.
func (v Health) validate(path string, r *report) {
	given := 0
	for _, key := range []string{"command", "http", "tcp"} {
		if r.given[at(path, key)] {
			given++
		}
	}
	if given != 1 {
		r.add(path, fmt.Sprintf("has %d of command, http and tcp", given), `give one of them, such as http: {path: /health}`)
	}
	where := at(path, "command")
	if r.given[where] {
		validateCommand(v.Command, where, r)
	}
	if len(v.Command) > 0 && slices.Contains([]string{"CMD", "CMD-SHELL", "NONE"}, v.Command[0]) {
		r.add(where, fmt.Sprintf("begins with %s, as in a task definition", v.Command[0]), "give the program and its arguments alone; no shell is needed")
	}
	r.between(at(path, "interval"), v.Interval, 5, 300, "seconds")
	r.between(at(path, "timeout"), v.Timeout, 2, 60, "seconds")
	r.between(at(path, "retries"), v.Retries, 1, 10, "retries")
	r.between(at(path, "startPeriod"), v.StartPeriod, 0, 300, "seconds")
}

func (v HTTPProbe) validate(path string, r *report) {
	if len(v.Path) > maxHealthPath || !healthPathPattern.MatchString(v.Path) {
		r.add(at(path, "path"), fmt.Sprintf("%q is no path", v.Path), "give one such as /health, without wildcards")
	}
	r.between(at(path, "port"), v.Port, 0, 65535, "")
	r.between(at(path, "status"), v.Status, 100, 599, "")
}

func (v TCPProbe) validate(path string, r *report) {
	r.between(at(path, "port"), v.Port, 0, 65535, "")
}
