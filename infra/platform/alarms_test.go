package platform

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"botyard/infra/alarms"
)

const (
	metricAlarmType = "aws:cloudwatch/metricAlarm:MetricAlarm"
	filterType      = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
)

func TestAnAlarmIsTheTablesRow(t *testing.T) {
	recorded, _, err := recordService(t, ec2Hosts, singleton)
	require.NoError(t, err)
	alarm := recorded.One(t, metricAlarmType, "bot-heartbeat")
	for input, want := range map[string]any{
		"name": "botyard-test-bot-heartbeat", "namespace": "Botyard/botyard-test/bot", "metricName": "Heartbeat", "statistic": "Sum",
		"comparisonOperator": "LessThanThreshold", "threshold": 1.0, "period": 60.0, "evaluationPeriods": 3.0, "datapointsToAlarm": 3.0,
		"treatMissingData": "breaching", "extendedStatistic": nil, "okActions": nil, "alarmActions": nil,
		"alarmDescription": "bot: no heartbeat: it does not run, or its probe does not hold for 3 minutes. What to do: docs/runbooks.md#service-heartbeat " +
			"Log: https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/$252Fbotyard$252Ftest$252Fbot",
	} {
		require.Equal(t, want, alarm.Input(input), input)
	}
	filter := recorded.One(t, filterType, "bot-heartbeat")
	require.Equal(t, "/botyard/test/bot", filter.Input("logGroupName"))
	require.Equal(t, `{ $.source = "warden" && $.event = "heartbeat" }`, filter.Input("pattern"))
	require.Equal(t, map[string]any{"namespace": "Botyard/botyard-test/bot", "name": "Heartbeat", "value": "1"}, filter.Input("metricTransformation"))
}

func TestAPercentileIsAnExtendedStatistic(t *testing.T) {
	alarm := record(t, database(true, nil)).One(t, metricAlarmType, "database-read-latency")
	require.Equal(t, "p90", alarm.Input("extendedStatistic"))
	require.Nil(t, alarm.Input("statistic"))
}

func TestTheNearestThresholdHolds(t *testing.T) {
	recorded, _, err := recordService(t, ec2Hosts, func(a *ServiceArgs, _ *parts) { a.Thresholds = map[string]float64{"memory": 95} })
	require.NoError(t, err)
	for name, want := range map[string]float64{
		"bot-memory": 95, // the service's
		"bot-cpu":    70, // the stack's
		"bot-errors": 5,  // the table's
	} {
		require.Equal(t, want, recorded.One(t, metricAlarmType, name).Input("threshold"), name)
	}
	require.Contains(t, recorded.One(t, metricAlarmType, "bot-cpu").Input("alarmDescription"), "bot: more than 70 percent of its CPU is used for 5 minutes")
}

func TestAShareIsToldInPercentAndWatchedInTheMetricsUnit(t *testing.T) {
	recorded := record(t, database(true, nil))
	memory := recorded.One(t, metricAlarmType, "database-free-memory")
	require.Equal(t, 0.2*(1<<30), memory.Input("threshold"), "20 percent of 1 GiB, bytes")
	require.Contains(t, memory.Input("alarmDescription"), "database: less than 20 percent of its memory is free for 15 minutes")
	require.Equal(t, 2.0*(1<<30), recorded.One(t, metricAlarmType, "database-free-storage").Input("threshold"), "10 percent of 20 GiB")
	require.InDelta(t, 0.8*112, recorded.One(t, metricAlarmType, "database-connections").Input("threshold"), 1e-9, "of the 112 that 1 GiB gives")
	require.Equal(t, map[string]any{"DBInstanceIdentifier": "botyard-test-database"}, memory.Input("dimensions"))
	require.Equal(t, 5000.0, maxConnections(1<<20))
}

func TestECSEventsAreKeptAndCountedByService(t *testing.T) {
	recorded, _, err := recordService(t, ec2Hosts, nil)
	require.NoError(t, err)
	require.Equal(t, "/aws/events/botyard/test/events", recorded.One(t, "aws:cloudwatch/logGroup:LogGroup", "events").Input("name"))
	rule := recorded.One(t, "aws:cloudwatch/eventRule:EventRule", "events")
	require.Equal(t, map[string]any{
		"source": []any{"aws.ecs"}, "detail": map[string]any{"clusterArn": []any{"arn:aws:ecs:us-east-1:123456789012:cluster/botyard-test"}},
	}, decode(t, rule, "eventPattern"))
	policy := decode(t, recorded.One(t, "aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "events"), "policyDocument").(map[string]any)
	writers := map[string]any{"Service": []any{"delivery.logs.amazonaws.com", "events.amazonaws.com"}}
	group := "arn:aws:cloudwatch:us-east-1:123456789012:logGroup//aws/events/botyard/test/events:*"
	require.Equal(t, []any{
		map[string]any{"Effect": "Allow", "Principal": writers, "Action": []any{"logs:CreateLogStream"}, "Resource": group},
		map[string]any{
			"Effect": "Allow", "Principal": writers, "Action": []any{"logs:PutLogEvents"}, "Resource": group,
			"Condition": map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:123456789012:eventRule/botyard-test-events"}},
		},
	}, policy["Statement"])

	failed := recorded.One(t, filterType, "bot-deployment-failed")
	require.Equal(t, "/aws/events/botyard/test/events", failed.Input("logGroupName"))
	require.Equal(t, `{ $.detail.eventName = "SERVICE_DEPLOYMENT_FAILED" && ($.resources[0] = "*/bot" || $.resources[0] = "*/bot-standby") }`, failed.Input("pattern"))
	require.Equal(t, "?ERROR", recorded.One(t, filterType, "bot-errors").Input("pattern"), "the service's own")
}

func TestWardensTellOfTheirHosts(t *testing.T) {
	recorded, _, err := recordService(t, ec2Hosts, singleton)
	require.NoError(t, err)
	filter := recorded.One(t, filterType, "bot-host-disk")
	require.Equal(t, map[string]any{"namespace": "Botyard/botyard-test", "name": "HostDiskUsed", "value": "$.diskUsedPercent"}, filter.Input("metricTransformation"))
	alarm := recorded.One(t, metricAlarmType, "cluster-disk")
	require.Equal(t, []any{"Botyard/botyard-test", "HostDiskUsed", "Maximum"}, []any{alarm.Input("namespace"), alarm.Input("metricName"), alarm.Input("statistic")})
	require.Contains(t, recorded.One(t, "aws:ecs/taskDefinition:TaskDefinition", "bot").Input("containerDefinitions"), `{"name":"WARDEN_HOST","value":"1"}`)

	recorded, _, err = recordService(t, nil, singleton)
	require.NoError(t, err)
	require.NotContains(t, keys(recorded.OfType(filterType)), filterType+"::bot-host-disk", "on Fargate nobody has a host")
	require.NotContains(t, recorded.One(t, "aws:ecs/taskDefinition:TaskDefinition", "bot").Input("containerDefinitions"), "WARDEN_HOST")
}

func TestOnlyBurstableHostsHaveCredits(t *testing.T) {
	for instanceType, want := range map[string][]alarms.When{
		"t4g.small": {alarms.Always, alarms.Burstable}, "m7g.large": {alarms.Always},
	} {
		require.Equal(t, want, HostConditions(instanceType), instanceType)
	}
	recorded := record(t, func(ctx *pulumi.Context) error { _, err := newParts(ctx, ec2Hosts); return err })
	var named []string
	for _, alarm := range recorded.OfType(metricAlarmType) {
		named = append(named, alarm.Name)
	}
	require.Equal(t, []string{"cluster-disk", "cluster-hosts-cpu", "cluster-hosts-cpu-credits", "cluster-hosts-status-check", "cluster-memory"}, named)
}

func TestABudgetWarnsThreeTimes(t *testing.T) {
	recorded := record(t, func(ctx *pulumi.Context) error {
		p, err := newParts(ctx, nil)
		if err != nil {
			return err
		}
		_, err = NewBudget(ctx, "budget", &BudgetArgs{MonthlyUSD: 82.5, Alerts: p.alerts, Names: names})
		return err
	})
	budget := recorded.One(t, "aws:budgets/budget:Budget", "budget")
	require.Equal(t, []any{"82.5", "USD", "MONTHLY", "COST"}, []any{budget.Input("limitAmount"), budget.Input("limitUnit"), budget.Input("timeUnit"), budget.Input("budgetType")})
	var when []any
	for _, each := range budget.Input("notifications").([]any) {
		notification := each.(map[string]any)
		require.Equal(t, []any{"arn:aws:sns:us-east-1:123456789012:topic/botyard-test-alerts"}, notification["subscriberSnsTopicArns"])
		when = append(when, notification["notificationType"], notification["threshold"])
	}
	require.Equal(t, []any{"ACTUAL", 80.0, "ACTUAL", 100.0, "FORECASTED", 100.0}, when)
}
