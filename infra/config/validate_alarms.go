package config

import (
	"fmt"
	"slices"
	"strings"

	"botyard/infra/alarms"
)

// maxPattern is the longest filter pattern, in characters. Source: CloudWatch Logs API reference, PutMetricFilter.
const maxPattern = 1024

// validateAlarms holds the stack's thresholds against the table.
func (c Config) validateAlarms(path string, r *report) {
	for _, scope := range Names(c.Alarms) {
		where := at(path, scope)
		if !slices.Contains(alarms.Scopes, alarms.Scope(scope)) {
			r.add(where, "there are no alarms of that", fmt.Sprintf("use one of %v", alarms.Scopes))
			continue
		}
		validateThresholds(alarms.Scope(scope), c.Alarms[scope], where, r)
	}
}

// validateThresholds reports keys that the table does not have, and values that make no sense for its unit.
func validateThresholds(scope alarms.Scope, thresholds map[string]float64, path string, r *report) {
	known := map[string]alarms.Kind{}
	for _, kind := range alarms.All() {
		if kind.Scope == scope && !kind.Fixed() {
			known[kind.Key] = kind
		}
	}
	for _, key := range Names(thresholds) {
		kind, ok := known[key]
		value := thresholds[key]
		switch {
		case !ok:
			r.add(at(path, key), "there is no alarm with such a threshold", suggest(key, Names(known)))
		case value < kind.Least || value > kind.Most:
			r.add(at(path, key), fmt.Sprintf("%g is out of range", value), fmt.Sprintf("give %.10g to %.10g %s", kind.Least, kind.Most, kind.Unit))
		}
	}
}

// Thresholds are the stack's own by the ID of the table's alarm.
func (c *Config) Thresholds() map[string]float64 {
	own := map[string]float64{}
	for scope, keys := range c.Alarms {
		for key, value := range keys {
			own[alarms.Find(alarms.Scope(scope), key).ID()] = value
		}
	}
	return own
}

func (v Budget) validate(path string, r *report) {
	if v.MonthlyUSD <= 0 {
		r.add(at(path, "monthlyUSD"), fmt.Sprintf("%g is no ceiling", v.MonthlyUSD), "give US dollars a month, such as 80, or remove the budget")
	}
	if r.given[at(path, "allowAbove")] && v.AllowAbove <= v.MonthlyUSD {
		r.add(at(path, "allowAbove"), fmt.Sprintf("%g is not above monthlyUSD", v.AllowAbove), "give US dollars a month that are, or remove it")
	}
}

// checkWebhooks reports alerts that name no secret.
func checkWebhooks(c *Config, r *report) {
	for key, secret := range c.Alerts.Chats() {
		where := at(at("", "alerts"), key)
		r.oneOf(where, "secret", secret, Names(c.Secrets))
		if strings.Contains(c.Secrets[secret].ARN, ":ssm:") {
			r.add(where, fmt.Sprintf("%q is an SSM parameter", secret), "name a secret of Secrets Manager")
		}
	}
}
