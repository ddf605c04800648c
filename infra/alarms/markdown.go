package alarms

import (
	"fmt"
	"strings"
	"time"
)

// headings are what the scopes are called in docs/alarms.md, and who has their alarms.
var headings = map[Scope]string{
	Service:  "Each service",
	Hosts:    "The hosts",
	Database: "The database",
	Edge:     "The load balancer",
}

// Markdown is docs/alarms.md.
func Markdown() string {
	var b strings.Builder
	b.WriteString(`# Alarms

Every alarm that a stack declares, made from the table in infra/alarms: a test holds this page against it, and ` + "`go test ./infra/alarms -update`" + ` writes it anew. What to do about each stands in [runbooks.md](runbooks.md), what people are told in [notifications.md](notifications.md).

A threshold with a range is set under ` + "`botyard:alarms.<scope>.<key>`" + `, a service's own under ` + "`botyard:services.<name>.alarms.<key>`" + `. An alarm goes off when all of its periods breach.
`)
	for _, scope := range Scopes {
		fmt.Fprintf(&b, "\n## %s\n", headings[scope])
		b.WriteString("| key | goes off when | for | no data means | who has it | threshold from |\n|---|---|---|---|---|---|\n")
		for _, kind := range All() {
			if kind.Scope == scope {
				b.WriteString(row(kind))
			}
		}
	}
	return b.String()
}

func row(k Kind) string {
	who := string(k.When)
	if k.When == Always {
		who = "all"
	}
	if k.Composite() {
		return fmt.Sprintf("| `%s` | %s | as they do | – | %s | composite: it drives the recovery |\n", k.Key, k.Rule, who)
	}
	return fmt.Sprintf("| `%s` | %s | %s | %s: %s | %s | %s |\n", k.Key, k.condition(), k.window(), k.Missing, k.Because, who, k.Source)
}

// condition is the comparison in words: metric, threshold, unit and range.
func (k Kind) condition() string {
	name := k.Metric.Name
	if k.Metric.Namespace != "" {
		name = k.Metric.Namespace + " " + name
	}
	comparison := "≥"
	if k.Below {
		comparison = "<"
	}
	text := fmt.Sprintf("%s of %s %s %.10g", k.Metric.Statistic, name, comparison, k.Threshold)
	if k.Key == "running-tasks" {
		text = strings.TrimSuffix(text, "1") + "the service's replicas"
	}
	if k.Unit != "" {
		text += " " + k.Unit
	}
	if k.Of != "" {
		text += " of " + k.Of
	}
	if !k.Fixed() {
		text += fmt.Sprintf(" (%.10g–%.10g)", k.Least, k.Most)
	}
	return text
}

func (k Kind) window() string {
	if k.Periods == 1 {
		return For(k.Period)
	}
	return fmt.Sprintf("%d × %s", k.Periods, For(k.Period))
}

// For is a duration in words.
func For(d time.Duration) string {
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if d >= unit.of && d%unit.of == 0 {
			n := int(d / unit.of)
			if n == 1 {
				return "1 " + unit.name
			}
			return fmt.Sprintf("%d %ss", n, unit.name)
		}
	}
	return d.String()
}
