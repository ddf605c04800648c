package platform

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"botyard/tests/recording"
)

var names = Namer{Project: "botyard", Stack: "test"}

// record runs program and fails the test on its error.
func record(t *testing.T, program pulumi.RunFunc, options ...pulumi.RunOption) *recording.Recorder {
	t.Helper()
	recorded, err := recording.Run(t, program, options...)
	require.NoError(t, err)
	return recorded
}

// parts are what a service or a database needs around it.
type parts struct {
	network *Network
	cluster *Cluster
	alerts  *Alerts
	leases  *Leases
	events  *Events
	runner  *recording.Runner
}

var ec2Hosts = &HostsArgs{InstanceType: "t3.small", Count: 1, MaxCount: 2, DiskGiB: 30, Tags: map[string]string{"fleet": "society"}, Names: names}

func newParts(ctx *pulumi.Context, hosts *HostsArgs, change ...func(*ClusterArgs)) (*parts, error) {
	alerts, err := NewAlerts(ctx, "alerts", &AlertsArgs{
		Email: []string{"ops@example.org"}, AccountID: recording.Account, Region: "us-east-1", Names: names, Runbooks: "docs/runbooks.md",
		Thresholds: map[string]float64{"service-cpu": 70, "database-free-memory": 20},
	})
	if err != nil {
		return nil, err
	}
	network, err := NewNetwork(ctx, "network", &NetworkArgs{CIDR: "10.20.0.0/16", Region: "us-east-1", Names: names})
	if err != nil {
		return nil, err
	}
	args := &ClusterArgs{Network: network, Names: names}
	if hosts != nil {
		described := *hosts
		described.Alerts = alerts
		args.Hosts = &described
	}
	for _, each := range change {
		each(args)
	}
	cluster, err := NewCluster(ctx, "cluster", args)
	if err != nil {
		return nil, err
	}
	leases, err := NewLeases(ctx, "leases", &LeasesArgs{Names: names})
	if err != nil {
		return nil, err
	}
	events, err := NewEvents(ctx, "events", &EventsArgs{Cluster: cluster, Names: names, LogDays: 30})
	return &parts{network: network, cluster: cluster, alerts: alerts, leases: leases, events: events, runner: &recording.Runner{}}, err
}

// serviceArgs is a small valid service on p.
func (p *parts) serviceArgs() *ServiceArgs {
	return &ServiceArgs{
		Cluster: p.cluster, Names: names, Runner: p.runner, Alerts: p.alerts, Events: p.events, ErrorPattern: "?ERROR", Region: "us-east-1",
		Image:         pulumi.String("registry/botyard/test/bot@sha256:aaaa").ToStringOutput(),
		RepositoryArn: pulumi.String("arn:repository").ToStringOutput(),
		CPU:           256, Memory: 448, Replicas: 1, LogDays: 30,
	}
}

// singleton makes args a singleton whose deploys are handovers.
func (p *parts) singleton(args *ServiceArgs) {
	args.Singleton, args.HandsOver = true, true
	args.Warden = &Warden{Leases: p.leases, LeaseSeconds: 15, StartsPerDay: 20}
	args.Health = &Health{Command: []string{"python", "-m", "bot.health"}, Interval: 10, Timeout: 5, Retries: 3, StartPeriod: 30}
}

// decode reads a JSON input.
func decode(t *testing.T, resource recording.Resource, input string) any {
	t.Helper()
	text, ok := resource.Input(input).(string)
	require.True(t, ok, "%s has no text %s", resource.Key(), input)
	var value any
	require.NoError(t, json.Unmarshal([]byte(text), &value))
	return value
}

func keys(resources []recording.Resource) []string {
	var list []string
	for _, each := range resources {
		list = append(list, each.Key())
	}
	return list
}
