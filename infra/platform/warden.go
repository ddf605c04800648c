package platform

import (
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// wardenProgram is the entry point of every image that uses the layer images/warden.
const wardenProgram = "/warden"

// wardenGrace is how much earlier than ECS the warden kills a service that does not end, seconds: the lease is released in
// the time that is left.
const wardenGrace = 5

// maxStartPeriod is ECS's limit, seconds. Source: ECS API reference, HealthCheck.
const maxStartPeriod = 300

// Warden sets up a service's entry point (images/warden/README.md).
type Warden struct {
	Leases *Leases
	// LeaseSeconds is how long the lease lasts unless it is renewed; 0 where the service is no singleton and has none.
	LeaseSeconds int
	// StartsPerDay is how often one revision may start within 24 hours.
	StartsPerDay int
}

// environment is what the warden reads of its settings; host lets it tell of the host that it is on.
func (w *Warden) environment(health *Health, route *Route, host bool) (pulumi.StringMap, error) {
	variables := pulumi.StringMap{
		"WARDEN_TABLE":          w.Leases.TableName,
		"WARDEN_STARTS_PER_DAY": pulumi.String(strconv.Itoa(w.StartsPerDay)),
		"WARDEN_STOP_SECONDS":   pulumi.String(strconv.Itoa(stopSeconds - wardenGrace)),
	}
	if w.LeaseSeconds > 0 {
		variables["WARDEN_LEASE_SECONDS"] = pulumi.String(strconv.Itoa(w.LeaseSeconds))
	}
	if w.LeaseSeconds > 0 && route != nil {
		variables["WARDEN_HEALTH_PATH"] = pulumi.String(route.HealthPath)
	}
	if host {
		variables["WARDEN_HOST"] = pulumi.String("1")
	}
	if health == nil {
		return variables, nil
	}
	probe, err := canonical(health.probe())
	if err != nil {
		return nil, err
	}
	variables["WARDEN_PROBE"] = pulumi.String(probe)
	for name, value := range map[string]int{
		"INTERVAL": health.Interval, "TIMEOUT": health.Timeout, "RETRIES": health.Retries, "START": health.StartPeriod,
	} {
		variables["WARDEN_PROBE_"+name] = pulumi.String(strconv.Itoa(value))
	}
	return variables, nil
}

// probe is what the warden reads: a list is a command, a map a request or a connection.
func (h *Health) probe() any {
	switch {
	case h.HTTP != nil:
		return map[string]any{"http": h.HTTP}
	case h.TCP != nil:
		return map[string]any{"tcp": h.TCP}
	default:
		return h.Command
	}
}

// health is the container's health check: the warden's answer. It runs the service's own probe, with the service's own
// patience, and counts a task as healthy that waits for its lease; ECS need only ask often and believe it.
func (w *Warden) health(own *Health) *Health {
	asked := &Health{Command: []string{wardenProgram, "--healthy"}, Interval: 5, Timeout: 3, Retries: 2, StartPeriod: 10}
	if own != nil { // as long as the warden itself has patience with a start; ECS takes no longer one
		asked.StartPeriod = min(maxStartPeriod, own.StartPeriod+own.Retries*(own.Interval+own.Timeout))
	}
	return asked
}

// policy lets a service's task read and write its own item of the table, and no other; read its models; and what more says.
// Source: Amazon DynamoDB Developer Guide, "Using IAM policy conditions for fine-grained access control".
func (w *Warden) policy(service string, more []statement, models pulumi.StringArray) pulumi.StringInput {
	return policyOf(append(pulumi.StringArray{w.Leases.TableArn}, models...), func(arns []string) []statement {
		own := allow(arns[0], "dynamodb:GetItem", "dynamodb:UpdateItem")
		own.Condition = map[string]any{"ForAllValues:StringEquals": map[string]any{"dynamodb:LeadingKeys": []string{service}}}
		statements := append([]statement{own}, more...)
		if len(models) > 0 {
			statements = append(statements, allow(arns[1:], "s3:GetObject", "s3:GetObjectVersion"))
		}
		return statements
	})
}

// once is a command that the warden becomes at once, without lease, probe or brake: for one-off tasks of a service's image.
func (w *Warden) once(command []string) []string {
	if w == nil {
		return command
	}
	return append([]string{"--exec"}, command...)
}
