package platform

import (
	"fmt"
	"maps"
	"slices"
)

// The grid of a dashboard. Source: Amazon CloudWatch API reference, "Dashboard body structure and syntax".
const (
	gridWidth = 24
	graphs    = 4 // in a line at most
	graphRows = 6 // units of height
)

// knownAlarm is an alarm whose outputs are known.
type knownAlarm struct {
	Alarm
	arn        string
	dimensions map[string]string
}

// page places widgets from the top to the bottom.
type page struct {
	region  string
	widgets []any
	x, y    int
}

func (p *page) add(kind string, width, height int, properties map[string]any) {
	if p.x+width > gridWidth {
		p.x, p.y = 0, p.y+graphRows
	}
	p.widgets = append(p.widgets, map[string]any{
		"type": kind, "x": p.x, "y": p.y, "width": width, "height": height, "properties": properties,
	})
	p.x += width
}

// line begins a new line below what the last one of that height holds.
func (p *page) line(height int) {
	if p.x > 0 {
		p.x, p.y = 0, p.y+height
	}
}

// widgets are the status row, a row for each of args.Rows, what ECS did, and the cost.
func widgets(args *DashboardArgs, known []knownAlarm, events string) []any {
	p := &page{region: args.Region}
	var arns []string
	for _, alarm := range known {
		arns = append(arns, alarm.arn)
	}
	p.add("alarm", gridWidth, graphRows, map[string]any{"title": "Alarms", "alarms": arns})
	p.line(graphRows)
	for _, row := range args.Rows {
		p.heading("## " + row.Title)
		var shown []map[string]any
		for _, subject := range row.Subjects {
			shown = append(shown, p.graphs(subject, len(row.Subjects) > 1, known)...)
		}
		p.spread(shown)
	}
	p.heading("## What ECS did")
	p.add("log", gridWidth, graphRows, map[string]any{
		"title": "Tasks that stopped, deployments, placements", "region": args.Region, "view": "table",
		"query": fmt.Sprintf("SOURCE '%s' | fields @timestamp, detail.group, detail.stoppedReason, resources.0, detail.eventName, detail.reason "+
			"| filter @message like /\"lastStatus\": ?\"STOPPED\"|\"eventName\"/ | sort @timestamp desc | limit 50", events),
	})
	p.line(graphRows)
	if args.CostText != "" {
		p.heading("## Cost")
		p.add("text", gridWidth, graphRows, map[string]any{"markdown": args.CostText})
	}
	return p.widgets
}

func (p *page) heading(markdown string) {
	p.add("text", gridWidth, 1, map[string]any{"markdown": markdown})
	p.line(1)
}

// spread adds graphs in as few lines as possible, and in lines of about one length.
func (p *page) spread(all []map[string]any) {
	lines := (len(all) + graphs - 1) / graphs
	for i, properties := range all {
		inLine := (len(all) + lines - 1) / lines
		if i > 0 && i%inLine == 0 {
			p.line(graphRows)
		}
		p.add("metric", gridWidth/inLine, graphRows, properties)
	}
	p.line(graphRows)
}

// graphs are a subject's: one for each panel that its alarms name, in their order.
func (p *page) graphs(subject string, named bool, known []knownAlarm) []map[string]any {
	var panels []string
	byPanel := map[string][]knownAlarm{}
	for _, alarm := range known {
		if alarm.Subject != subject || alarm.Kind.Panel == "" {
			continue
		}
		if _, there := byPanel[alarm.Kind.Panel]; !there {
			panels = append(panels, alarm.Kind.Panel)
		}
		byPanel[alarm.Kind.Panel] = append(byPanel[alarm.Kind.Panel], alarm)
	}
	var all []map[string]any
	for _, panel := range panels {
		title := panel
		if named {
			title = subject + ": " + panel
		}
		all = append(all, p.graph(title, byPanel[panel]))
	}
	return all
}

// graph is the properties of one graph: each alarm's metric, and its limit as a line.
func (p *page) graph(title string, shown []knownAlarm) map[string]any {
	var metrics, limits []any
	for _, alarm := range shown {
		metric := []any{alarm.Namespace, alarm.Kind.Metric.Name}
		for _, key := range slices.Sorted(maps.Keys(alarm.dimensions)) {
			metric = append(metric, key, alarm.dimensions[key])
		}
		metrics = append(metrics, append(metric, map[string]any{"label": alarm.Kind.Key, "stat": alarm.Kind.Metric.Statistic}))
		if alarm.Kind.Happens() { // its line at 1 would say nothing
			continue
		}
		limits = append(limits, map[string]any{"label": alarm.Kind.Key + " alarm", "value": alarm.Limit})
	}
	return map[string]any{
		"title": title, "region": p.region, "view": "timeSeries", "period": int(shown[0].Kind.Period.Seconds()), "metrics": metrics,
		"annotations": map[string]any{"horizontal": limits}, "yAxis": map[string]any{"left": map[string]any{"min": 0}},
	}
}
