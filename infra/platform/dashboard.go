package platform

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// DashboardArgs describes what the dashboard shows. All but CostText is required.
type DashboardArgs struct {
	// Alerts has the alarms; each is a lamp in the status row, and a line with its limit in a graph.
	Alerts *Alerts
	Events *Events
	Names  Namer
	Region string
	// Rows are the subjects, in the order in which they are shown.
	Rows []Row
	// CostText is what the stack costs, in Markdown.
	CostText string
}

// Row is a row of graphs.
type Row struct {
	Title string
	// Subjects are those whose alarms' metrics are shown in it.
	Subjects []string
}

// Dashboard is the stack's one CloudWatch dashboard. `make dashboard` draws the same without the console.
type Dashboard struct {
	pulumi.ResourceState

	Name pulumi.StringOutput
}

// NewDashboard declares the dashboard.
func NewDashboard(ctx *pulumi.Context, name string, args *DashboardArgs, opts ...pulumi.ResourceOption) (*Dashboard, error) {
	d := &Dashboard{}
	return d, build(ctx, "Dashboard", name, d, opts, func(child pulumi.ResourceOption) error {
		dashboard, err := cloudwatch.NewDashboard(ctx, name, &cloudwatch.DashboardArgs{
			DashboardName: pulumi.String(args.Names.Name(255)), DashboardBody: dashboardBody(args),
		}, child)
		if err == nil {
			d.Name = dashboard.DashboardName
		}
		return err
	})
}

func (d *Dashboard) outputs() pulumi.Map { return pulumi.Map{"name": d.Name} }

// dashboardBody is the widgets' JSON, once the names in it are known.
func dashboardBody(args *DashboardArgs) pulumi.StringOutput {
	arns, dimensions := pulumi.StringArray{}, pulumi.StringMapArray{}
	for _, alarm := range args.Alerts.Declared {
		arns, dimensions = append(arns, alarm.Arn), append(dimensions, alarm.Dimensions)
	}
	return pulumi.All(arns, dimensions, args.Events.LogGroup).ApplyT(func(all []any) (string, error) {
		known := make([]knownAlarm, len(args.Alerts.Declared))
		for i, alarm := range args.Alerts.Declared {
			known[i] = knownAlarm{Alarm: alarm, arn: all[0].([]string)[i], dimensions: all[1].([]map[string]string)[i]}
		}
		return canonical(map[string]any{"widgets": widgets(args, known, all[2].(string))})
	}).(pulumi.StringOutput)
}
