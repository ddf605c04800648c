package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"botyard/infra/alarms"
	"botyard/infra/image"
)

// maxReplicas bounds what a typing error can cost.
const maxReplicas = 100

// Bounds of a lease, seconds. Shorter ones would end with every hiccup of the network; longer ones keep a fleet waiting
// for a host that is gone.
const (
	minLease = 5
	maxLease = 300
)

// maxStarts is how many starts in 24 hours the warden remembers: a tenth of the logins after which Discord resets the
// bot's token. Source: discord/discord-api-docs#215.
const maxStarts = 100

// logRetention are the days that CloudWatch Logs offers. Source: API reference, PutRetentionPolicy.
var logRetention = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

var environmentPattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// ownEnvironment are the variables that the program sets, and why nobody else may.
var ownEnvironment = map[string]string{
	"DATABASE_URL":          "set database instead",
	"PORT":                  "set port.container instead",
	"SERVICE":               "choose another name",
	"AWS_ACCESS_KEY_ID":     "let the SDK find the task's role",
	"AWS_SECRET_ACCESS_KEY": "let the SDK find the task's role",
	"AWS_SESSION_TOKEN":     "let the SDK find the task's role",
	"WARDEN_WATCH":          "run make dev, which watches a source on this machine alone",
}

func (v Service) validate(path string, r *report) {
	if v.Singleton && v.Replicas != 1 {
		r.add(at(path, "replicas"), fmt.Sprintf("a singleton cannot have %d", v.Replicas), "remove replicas or singleton")
	}
	r.between(at(path, "replicas"), v.Replicas, 1, maxReplicas, "replicas")
	if v.Singleton {
		r.between(at(path, "leaseSeconds"), v.LeaseSeconds, minLease, maxLease, "seconds")
	} else if r.given[at(path, "leaseSeconds")] {
		r.add(at(path, "leaseSeconds"), "only a singleton has a lease", "set singleton: true, or remove it")
	}
	r.between(at(path, "startsPerDay"), v.StartsPerDay, 1, maxStarts, "starts")
	if !slices.Contains(logRetention, v.LogDays) {
		r.add(at(path, "logDays"), fmt.Sprintf("CloudWatch does not offer %d days", v.LogDays),
			"use one of "+strings.Trim(fmt.Sprint(logRetention), "[]"))
	}
	if v.Public != nil && v.Port == nil {
		r.add(at(path, "public"), "the load balancer has no port to forward to", "set port.container")
	}
	for key, command := range map[string][]string{"command": v.Command, "before": v.Before} {
		if r.given[at(path, key)] {
			validateCommand(command, at(path, key), r)
		}
	}
	if v.ErrorPattern == "" || len(v.ErrorPattern) > maxPattern {
		r.add(at(path, "errorPattern"), "is empty or too long", `give a filter pattern of CloudWatch Logs, such as "?ERROR ?CRITICAL", or remove it`)
	}
	validateThresholds(alarms.Service, v.Alarms, at(path, "alarms"), r)
	v.validateEnvironment(path, r)
	v.validateModels(path, r)
	v.validateVolumes(path, r)
}

func validateCommand(command []string, path string, r *report) {
	if len(command) == 0 || command[0] == "" {
		r.add(path, "names no program", `give a list such as ["python", "-m", "bot"]`)
	}
}

func (v Service) validateEnvironment(path string, r *report) {
	for key, variables := range map[string]map[string]string{"environment": v.Environment, "secrets": v.Secrets} {
		for _, name := range Names(variables) {
			where := at(at(path, key), name)
			if !environmentPattern.MatchString(name) {
				r.add(where, "is no name of an environment variable", "use letters, digits and _, not beginning with a digit")
			}
			if instead, own := ownEnvironment[name]; own {
				r.add(where, "is set by the program itself", instead)
			}
		}
	}
	for _, name := range Names(v.Environment) {
		where := at(at(path, "environment"), name)
		if _, both := v.Secrets[name]; both {
			r.add(where, "is under secrets too", "keep one of them")
		}
		if kind := image.FindSecret(v.Environment[name]); kind != "" {
			r.add(where, "looks like "+kind+", and this file and the state are readable", "declare it under botyard:secrets and name it under the service's secrets")
		}
	}
}

// kernelFolders are made by Docker in every container; a volume there would hide them. /tmp
// is the one folder that is writable anyway, and emptied.
var kernelFolders = []string{"/proc", "/sys", "/dev", "/tmp"}

func (v Service) validateVolumes(path string, r *report) {
	names, paths := map[string]bool{}, map[string]bool{}
	for i, volume := range v.Volumes {
		where := item(at(path, "volumes"), i)
		if names[volume.Name] {
			r.add(at(where, "name"), fmt.Sprintf("%q is there twice", volume.Name), "give each volume a name of its own")
		}
		if paths[volume.Path] {
			r.add(at(where, "path"), fmt.Sprintf("%q is there twice", volume.Path), "give each volume a folder of its own")
		}
		names[volume.Name], paths[volume.Path] = true, true
	}
}
