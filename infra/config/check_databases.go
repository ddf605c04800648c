package config

import (
	"fmt"
	"strings"
)

// checkDatabases reports databases that nobody makes, or that two services would make.
func checkDatabases(c *Config, r *report) {
	owners, users := map[string][]string{}, map[string][]string{}
	for _, name := range Names(c.Services) {
		database := c.Services[name].Database
		if database == nil {
			continue
		}
		path := at(at(at("", "services"), name), "database")
		if c.Database == nil {
			r.add(path, "the stack has no database", "set "+at("", "database")+", or remove it")
		}
		users[database.Name] = append(users[database.Name], name)
		if database.Access == AccessOwner {
			owners[database.Name] = append(owners[database.Name], name)
		}
	}
	for _, name := range Names(users) {
		access := func(service string) string {
			return at(at(at(at("", "services"), service), "database"), "access")
		}
		switch list := owners[name]; {
		case len(list) == 0:
			r.add(access(users[name][0]), fmt.Sprintf("nobody owns the database %q, so that its tables are never made", name),
				"give one of its services ("+strings.Join(users[name], ", ")+") the access owner")
		case len(list) > 1:
			r.add(access(list[1]), fmt.Sprintf("the database %q has %d owners: %s", name, len(list), strings.Join(list, ", ")),
				"leave one, and give the others write or read")
		}
	}
}
