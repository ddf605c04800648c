package stack

import "strings"

// identity is the provider's id of a resource that has begun to be created, or "" where it cannot be told from what
// the program asked for.
func identity(resource map[string]any) string {
	inputs, _ := resource["inputs"].(map[string]any)
	text := func(key string) string { value, _ := inputs[key].(string); return value }
	kind, _ := resource["type"].(string)
	if property, ok := namedBy[kind]; ok {
		return text(property)
	}
	if kind == "aws:ecs/service:Service" {
		// arn:aws:ecs:region:account:cluster/name, whose service is arn:aws:ecs:region:account:service/name/service
		prefix, cluster, ok := strings.Cut(text("cluster"), ":cluster/")
		if ok && text("name") != "" {
			return prefix + ":service/" + cluster + "/" + text("name")
		}
	}
	return ""
}

// namedBy lists the resources whose id is a name that the program gave, by the property that holds it.
var namedBy = map[string]string{
	"aws:autoscaling/group:Group":             "name",
	"aws:cloudwatch/eventRule:EventRule":      "name",
	"aws:cloudwatch/logGroup:LogGroup":        "name",
	"aws:cloudwatch/metricAlarm:MetricAlarm":  "name",
	"aws:dynamodb/table:Table":                "name",
	"aws:ecr/repository:Repository":           "name",
	"aws:ecs/cluster:Cluster":                 "name",
	"aws:iam/instanceProfile:InstanceProfile": "name",
	"aws:iam/role:Role":                       "name",
	"aws:rds/instance:Instance":               "identifier",
	"aws:rds/parameterGroup:ParameterGroup":   "name",
	"aws:rds/subnetGroup:SubnetGroup":         "name",
	"aws:secretsmanager/secret:Secret":        "name",
}
