package platform

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"
)

// dashboardWidgets are those of a stack with one public singleton.
func dashboardWidgets(t *testing.T) []map[string]any {
	t.Helper()
	recorded := record(t, func(ctx *pulumi.Context) error {
		p, err := newParts(ctx, ec2Hosts)
		if err != nil {
			return err
		}
		args := p.serviceArgs()
		p.singleton(args)
		if _, err := NewService(ctx, "bot", args); err != nil {
			return err
		}
		_, err = NewDashboard(ctx, "dashboard", &DashboardArgs{
			Alerts: p.alerts, Events: p.events, Names: names, Region: "us-east-1", CostText: "**$1**",
			Rows: []Row{{Title: "bot", Subjects: []string{"bot"}}, {Title: "Hosts", Subjects: p.cluster.Subjects}},
		})
		return err
	})
	dashboard := recorded.One(t, "aws:cloudwatch/dashboard:Dashboard", "dashboard")
	require.Equal(t, "botyard-test", dashboard.Input("dashboardName"))
	var list []map[string]any
	for _, widget := range decode(t, dashboard, "dashboardBody").(map[string]any)["widgets"].([]any) {
		list = append(list, widget.(map[string]any))
	}
	return list
}

func TestTheDashboardIsTheTable(t *testing.T) {
	widgets := dashboardWidgets(t)
	var titles []any
	for _, widget := range widgets {
		properties := widget["properties"].(map[string]any)
		titles = append(titles, orElse(properties["title"], properties["markdown"]))
	}
	require.Equal(t, []any{
		"Alarms",
		"## bot", "Alive", "Use of what it reserves, percent", "Trouble",
		"## Hosts", "cluster-hosts: Status", "cluster-hosts: Use, percent", "cluster-hosts: CPU credits", "cluster: Fullest host, percent",
		"## What ECS did", "Tasks that stopped, deployments, placements",
		"## Cost", "**$1**",
	}, titles)
	require.Len(t, widgets[0]["properties"].(map[string]any)["alarms"], 5+13, "each alarm is a lamp")
	trouble := widgets[4]["properties"].(map[string]any)["annotations"].(map[string]any)["horizontal"].([]any)
	require.Equal(t, []any{
		map[string]any{"label": "errors alarm", "value": 5.0}, map[string]any{"label": "crash-loop alarm", "value": 3.0}, map[string]any{"label": "cannot-start alarm", "value": 3.0},
	}, trouble, "no line for what must not happen at all")
	graph := widgets[3]["properties"].(map[string]any)
	dimensions := []any{"ClusterName", "botyard-test", "ServiceName", "bot"}
	require.Equal(t, []any{
		append(append([]any{"AWS/ECS", "CPUUtilization"}, dimensions...), map[string]any{"label": "cpu", "stat": "Average"}),
		append(append([]any{"AWS/ECS", "MemoryUtilization"}, dimensions...), map[string]any{"label": "memory", "stat": "Average"}),
	}, graph["metrics"])
	require.Equal(t, map[string]any{"horizontal": []any{
		map[string]any{"label": "cpu alarm", "value": 70.0}, map[string]any{"label": "memory alarm", "value": 80.0},
	}}, graph["annotations"])
}

// TestWidgetsDoNotOverlap holds the grid: 24 columns, nothing on top of another.
func TestWidgetsDoNotOverlap(t *testing.T) {
	taken := map[[2]int]int{}
	for i, widget := range dashboardWidgets(t) {
		x, y, width, height := int(widget["x"].(float64)), int(widget["y"].(float64)), int(widget["width"].(float64)), int(widget["height"].(float64))
		require.LessOrEqual(t, x+width, 24)
		for column := x; column < x+width; column++ {
			for row := y; row < y+height; row++ {
				other, there := taken[[2]int{column, row}]
				require.False(t, there, "widgets %d and %d", other, i)
				taken[[2]int{column, row}] = i
			}
		}
	}
}

func orElse(value, other any) any {
	if value != nil {
		return value
	}
	return other
}
