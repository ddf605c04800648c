// Package alarms is the table of all alarms: what each watches, from which value on, for how long, and why so. The stack's
// alarms, its dashboard and docs/alarms.md are made from it, and docs/runbooks.md has a section for each.
package alarms

import (
	"fmt"
	"slices"
	"time"
)

// Scope is what an alarm is about, and the config key below botyard:alarms that holds its threshold.
type Scope string

// The scopes.
const (
	Service  Scope = "service"
	Hosts    Scope = "hosts"
	Database Scope = "database"
	Edge     Scope = "edge"
)

// Scopes are all scopes, in the order in which a reader meets them.
var Scopes = []Scope{Service, Hosts, Database, Edge}

// When says which subjects of a scope have an alarm.
type When string

// The conditions.
const (
	Always    When = ""
	Warded    When = "services that start with the warden"
	Singleton When = "singletons"
	Public    When = "public services"
	Burstable When = "hosts of a burstable type (t3, t3a, t4g)"
	OnEC2     When = "all EC2 hosts together"
	Domain    When = "an edge with a domain"
)

// Missing is what a period without data counts as: CloudWatch's TreatMissingData.
type Missing string

// The ways to treat missing data.
const (
	Breaching    Missing = "breaching"
	NotBreaching Missing = "notBreaching"
)

// Metric is what an alarm watches.
type Metric struct {
	// Namespace is CloudWatch's; empty for the subject's own, made by Filters.
	Namespace, Name string
	// Statistic is one of CloudWatch's, or a percentile such as p95.
	Statistic string
	// Filters make the metric of log lines.
	Filters []Filter
}

// Filter makes data of log lines.
type Filter struct {
	// Events reads the log of ECS's events instead of the service's own.
	Events bool
	// Pattern is CloudWatch's filter syntax; in one of Events %[1]s stands for the service's name. Empty: the service's own
	// errorPattern.
	Pattern string
	// Value is the data point, a number or a field of the line; 1 if empty.
	Value string
}

// Kind is one alarm of the table.
type Kind struct {
	Scope Scope
	Key   string
	When  When
	// Means says what is wrong, after the subject and a colon. %s is the threshold with its unit.
	Means string
	// Panel is the dashboard's graph that shows the metric, together with others of the same scope and panel.
	Panel string
	// Metric is what it watches; none for a composite alarm, whose Rule says in words what it combines.
	Metric Metric
	Rule   string

	// Below breaches under the threshold, otherwise at or above it.
	Below bool
	// Threshold is the default, in Unit. Least and Most are what the config may set; both 0: nothing, it is fixed.
	Threshold, Least, Most float64
	Unit                   string
	// Of is what a threshold in percent is a share of, where the metric counts something else: the alarm's own threshold is
	// the share of that.
	Of string
	// Period is the length of one, Periods how many are looked at, which must all breach.
	Period  time.Duration
	Periods int
	// Missing is what a period without data counts as, Because why.
	Missing Missing
	Because string
	// Source is where the threshold comes from.
	Source string
}

// ID names the alarm in docs/alarms.md and docs/runbooks.md.
func (k Kind) ID() string { return string(k.Scope) + "-" + k.Key }

// Fixed tells that the threshold is no matter of taste.
func (k Kind) Fixed() bool { return k.Least == 0 && k.Most == 0 }

// Happens tells an alarm of something that must not happen at all: any count is too many.
func (k Kind) Happens() bool {
	return k.Fixed() && !k.Below && k.Metric.Statistic == "Sum"
}

// Composite tells an alarm that combines others.
func (k Kind) Composite() bool { return k.Rule != "" }

// Sentence says what is wrong with the subject at that threshold.
func (k Kind) Sentence(subject string, threshold float64) string {
	means := k.Means
	if k.Unit != "" {
		means = fmt.Sprintf(k.Means, fmt.Sprintf("%g %s", threshold, k.Unit))
	}
	window := For(time.Duration(k.Periods) * k.Period)
	switch counts := k.Metric.Statistic == "Sum" && !k.Below; {
	case k.Composite(), counts && k.Unit == "": // it happened: that is all
		return subject + ": " + means
	case counts:
		return subject + ": " + means + " within " + window
	default:
		return subject + ": " + means + " for " + window
	}
}

// All is the table.
func All() []Kind {
	return slices.Concat(serviceKinds(), publicKinds(), hostKinds(), databaseKinds(), edgeKinds())
}

// Find is the kind of a scope and key. It panics where there is none: the program's own mistake.
func Find(scope Scope, key string) Kind {
	for _, kind := range All() {
		if kind.Scope == scope && kind.Key == key {
			return kind
		}
	}
	panic(fmt.Sprintf("the table of alarms has no %s-%s", scope, key))
}

// Of are a scope's kinds that hold under one of the conditions.
func Of(scope Scope, conditions ...When) []Kind {
	var kinds []Kind
	for _, kind := range All() {
		if kind.Scope == scope && slices.Contains(conditions, kind.When) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}
