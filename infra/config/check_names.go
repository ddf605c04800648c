package config

import (
	"fmt"
	"slices"
	"strings"
)

// reservedServices are names of log groups and tasks that the program itself has.
var reservedServices = []string{"database-init", "flow-logs"}

// reservedSubjects are what alarms of other parts are about (infra/platform): two would have one name.
var reservedSubjects = []string{"cluster", "cluster-hosts", "cluster-standby", "database", "edge"}

// databaseSecret ends the names of the secrets in which the program keeps database passwords.
const databaseSecret = "-database"

// reservedRoles are the administrator that the program creates and those that every instance has.
var reservedRoles = []string{"botyard", "postgres", "rdsadmin"}

// checkNames reports names that are valid but taken.
func checkNames(c *Config, r *report) {
	for _, name := range reservedServices {
		if _, taken := c.Services[name]; taken {
			r.add(at(at("", "services"), name), "is the name of a task of the program itself", "choose another name")
		}
	}
	for _, name := range reservedSubjects {
		if _, taken := c.Services[name]; taken {
			r.add(at(at("", "services"), name), "is the name of another part of the stack, whose alarms are named so", "choose another name")
		}
	}
	for name, service := range c.Services {
		if service.Database == nil {
			continue
		}
		path := at(at("", "services"), name)
		if role := Role(name); slices.Contains(reservedRoles, role) || strings.HasPrefix(role, "pg_") || strings.HasPrefix(role, "rds_") {
			r.add(path, fmt.Sprintf("its database role would be %q, which Postgres or RDS keeps for itself", role), "choose another name")
		}
		if _, taken := c.Secrets[name+databaseSecret]; taken {
			r.add(at(at("", "secrets"), name+databaseSecret), fmt.Sprintf("is the name of the secret with the database password of service %q", name), "choose another name")
		}
	}
}

// Role is the Postgres role of a service. Names of services have no underscore, so that two
// services never get one role.
func Role(service string) string { return strings.ReplaceAll(service, "-", "_") }
