package platform

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/alarms"
)

// logSource is where a subject's own metrics come from.
type logSource struct {
	// service is the name in ECS's events.
	service      string
	errorPattern string
	own, events  pulumi.StringOutput // log groups
}

// declareFilters makes the metrics of log lines that a kind of alarm needs.
func declareFilters(ctx *pulumi.Context, name, namespace string, kind alarms.Kind, from logSource, child pulumi.ResourceOption) error {
	for i, filter := range kind.Metric.Filters {
		group, pattern := from.own, filter.Pattern
		switch {
		case filter.Events:
			group, pattern = from.events, fmt.Sprintf(filter.Pattern, from.service)
		case pattern == "":
			pattern = from.errorPattern
		}
		value := filter.Value
		if value == "" {
			value = "1"
		}
		resource := name + "-" + kind.Key
		if i > 0 {
			resource += "-events"
		}
		_, err := cloudwatch.NewLogMetricFilter(ctx, resource, &cloudwatch.LogMetricFilterArgs{
			Name: pulumi.String(resource), LogGroupName: group, Pattern: pulumi.String(pattern),
			MetricTransformation: cloudwatch.LogMetricFilterMetricTransformationArgs{
				Namespace: pulumi.String(namespace), Name: pulumi.String(kind.Metric.Name), Value: pulumi.String(value),
			},
		}, child)
		if err != nil {
			return err
		}
	}
	return nil
}

// ownNamespace is where a stack's own metrics are, or those of one of its services.
func ownNamespace(names Namer, service ...string) string {
	namespace := "Botyard/" + names.Name(150)
	for _, name := range service {
		namespace += "/" + name
	}
	return namespace
}
