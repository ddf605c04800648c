package tests

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"botyard/infra"
	"botyard/infra/alarms"
	"botyard/infra/config"
	"botyard/infra/cost"
	"botyard/infra/rollout"
	"botyard/tests/fleet"
	"botyard/tests/recording"
)

const (
	metricAlarmType    = "aws:cloudwatch/metricAlarm:MetricAlarm"
	compositeAlarmType = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
)

// TestEveryServiceIsMonitored holds that a declared service has every alarm of the table that can be about it, without
// anything being switched on. The conditions are worked out here once more, by hand.
func TestEveryServiceIsMonitored(t *testing.T) { onEachFleet(t, everyServiceIsMonitored) }

func everyServiceIsMonitored(t *testing.T, cfg *config.Config) {
	recorded, _ := fleet.Record(t, cfg)
	for name, service := range cfg.Services {
		for _, kind := range alarms.All() {
			skip := kind.Scope != alarms.Service ||
				kind.When == alarms.Singleton && !service.Singleton ||
				kind.When == alarms.Public && service.Public == nil
			if skip { // all services start with the warden
				continue
			}
			token := metricAlarmType
			if kind.Composite() {
				token = compositeAlarmType
			}
			alarm := recorded.One(t, token, name+"-"+kind.Key)
			require.Contains(t, alarm.Input("alarmDescription"), "docs/runbooks.md#"+kind.ID(), alarm.Name)
		}
	}
	if cfg.Hosts.Failover == config.FailoverStandby {
		recorded.One(t, metricAlarmType, "bot-standby-running-tasks")
	}
	require.NotEmpty(t, recorded.OfType("aws:sns/topicSubscription:TopicSubscription"))
}

// TestEveryAlarmsMetricExists holds that an alarm on a metric of our own is fed by a filter.
func TestEveryAlarmsMetricExists(t *testing.T) { onEachFleet(t, everyAlarmsMetricExists) }

func everyAlarmsMetricExists(t *testing.T, cfg *config.Config) {
	recorded, _ := fleet.Record(t, cfg)
	made := map[string]bool{}
	for _, filter := range recorded.OfType("aws:cloudwatch/logMetricFilter:LogMetricFilter") {
		to := filter.Input("metricTransformation").(map[string]any)
		made[to["namespace"].(string)+" "+to["name"].(string)] = true
	}
	for _, alarm := range recorded.OfType(metricAlarmType) {
		namespace := alarm.Input("namespace").(string)
		if !strings.HasPrefix(namespace, "AWS/") {
			require.True(t, made[namespace+" "+alarm.Input("metricName").(string)], alarm.Name)
		}
	}
}

// TestNoTwoAlarmsHaveOneName holds it over all parts of a stack: a service may not take another part's alarm.
func TestNoTwoAlarmsHaveOneName(t *testing.T) { onEachFleet(t, noTwoAlarmsHaveOneName) }

func noTwoAlarmsHaveOneName(t *testing.T, cfg *config.Config) {
	recorded, _ := fleet.Record(t, cfg)
	seen := map[any]string{}
	for _, alarm := range slices.Concat(recorded.OfType(metricAlarmType), recorded.OfType(compositeAlarmType)) {
		name := alarm.Input("name")
		if alarm.Type == compositeAlarmType {
			name = alarm.Input("alarmName")
		}
		require.Empty(t, seen[name], alarm.Name)
		seen[name] = alarm.Name
		require.True(t, strings.HasPrefix(name.(string), "botyard-test-"), "the chats' rules look for the prefix: %s", name)
	}
}

// TestTheEstimateCountsWhatIsDeclared holds the estimate, which is made before anything is declared, against the resources.
func TestTheEstimateCountsWhatIsDeclared(t *testing.T) {
	for name, change := range map[string]func(*config.Config){
		"prod":     func(*config.Config) {},
		"stopped":  func(c *config.Config) { c.Hosts.Failover = config.FailoverStopped },
		"no edge":  func(c *config.Config) { c.Edge = nil },
		"big host": func(c *config.Config) { c.Hosts.InstanceType = "m7g.large" },
	} {
		t.Run(name, func(t *testing.T) {
			cfg := fleet.Load(t, "prod")
			cfg.Budget = nil
			change(cfg)
			recorded, _ := fleet.Record(t, cfg)
			shape := infra.Shape(cfg, recording.Region)
			require.Len(t, recorded.OfType(metricAlarmType), shape.Alarms)
			require.Len(t, recorded.OfType(compositeAlarmType), shape.CompositeAlarms)
			require.Len(t, recorded.OfType("aws:cloudwatch/dashboard:Dashboard"), shape.Dashboards)
			require.Len(t, recorded.OfType("aws:secretsmanager/secret:Secret"), shape.Secrets-1, "and the master's, which RDS makes")
			require.Len(t, recorded.OfType("aws:autoscaling/group:Group"), len(shape.Hosts))
		})
	}
}

func TestAStackAboveItsCeilingIsRefusedBeforeAnythingIsDeclared(t *testing.T) {
	cfg := fleet.Load(t, "prod")
	cfg.Budget = &config.Budget{MonthlyUSD: 50}
	recorded, err := recording.Run(t, program(cfg, &recording.Runner{}))
	require.ErrorContains(t, err, "a month, above botyard:budget.monthlyUSD of 50")
	require.Empty(t, recorded.Resources())

	cfg.Budget.AllowAbove = 200
	recorded, err = recording.Run(t, program(cfg, &recording.Runner{}))
	require.NoError(t, err)
	require.Len(t, recorded.OfType("aws:budgets/budget:Budget"), 1)
}

func TestWithoutPricesOnlyACeilingIsRefused(t *testing.T) {
	cfg := fleet.Load(t, "prod")
	cfg.Database.InstanceClass = "db.r6g.4xlarge"
	_, err := recording.Run(t, program(cfg, &recording.Runner{}))
	require.ErrorIs(t, err, cost.ErrType)
	require.ErrorContains(t, err, "botyard:budget: ")
	cfg.Budget = nil
	recorded, err := recording.Run(t, program(cfg, &recording.Runner{}))
	require.NoError(t, err)
	require.Empty(t, recorded.OfType("aws:budgets/budget:Budget"))
}

func program(cfg *config.Config, runner *recording.Runner) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error { return infra.DeployWith(ctx, cfg, runner) }
}

func TestADeploymentTellsWhatHasChanged(t *testing.T) {
	t.Setenv("GITHUB_ACTOR", "ada")
	cfg := fleet.Load(t, "prod")
	_, runner := fleet.Record(t, cfg)
	require.Len(t, runner.Told, 1)
	require.Equal(t, []string{"botyard", "test", "ada", "succeeded"}, []string{runner.Told[0].Project, runner.Told[0].Stack, runner.Told[0].Who, runner.Told[0].Result})
	require.Regexp(t, `^bot new [0-9a-f]{12}, leveling-api new [0-9a-f]{12}, member-listener new [0-9a-f]{12}$`, runner.Told[0].Summary)

	runs := map[string]rollout.Revision{}
	for _, service := range runner.Services {
		runs[service.Name] = rollout.Revision{TaskDefinition: service.TaskDefinition, Digest: service.Digest}
	}
	again := &recording.Runner{Runs: runs}
	_, err := recording.Run(t, program(cfg, again))
	require.NoError(t, err)
	require.Empty(t, again.Told, "nothing has changed")

	old := runs["bot"]
	runs["bot"] = rollout.Revision{TaskDefinition: old.TaskDefinition, Digest: "sha256:0123456789abcdef"}
	runs["leveling-api"] = rollout.Revision{TaskDefinition: "before", Digest: runs["leveling-api"].Digest}
	changed := &recording.Runner{Runs: runs}
	_, err = recording.Run(t, program(cfg, changed))
	require.NoError(t, err)
	require.Len(t, changed.Told, 1)
	require.Regexp(t, `^bot 0123456789ab → [0-9a-f]{12}, leveling-api [0-9a-f]{12} with other settings$`, changed.Told[0].Summary)
}

func TestAFailedRolloutIsToldOnce(t *testing.T) {
	cfg := fleet.Load(t, "prod")
	runner := &recording.Runner{Fail: map[string]error{
		"bot": errors.New("service bot: it ended with 1"), "member-listener": errors.New("service member-listener: it ended with 2"),
	}}
	_, err := recording.Run(t, program(cfg, runner))
	require.Error(t, err)
	require.Len(t, runner.Told, 1)
	require.Equal(t, "failed", runner.Told[0].Result)
	require.Regexp(t, `it ended with [12]$`, runner.Told[0].Summary)
}

func TestNobodyTellsOfAPreview(t *testing.T) {
	_, runner := fleet.Record(t, fleet.Load(t, "prod"), recording.Preview)
	require.Empty(t, runner.Told)
}

func TestAWebhookIsASecretEverywhere(t *testing.T) {
	cfg := fleet.Load(t, "prod")
	cfg.Secrets["chat"] = config.Secret{Description: "webhook"}
	cfg.Alerts.Discord = "chat"
	recorded, runner := fleet.Record(t, cfg)
	require.NotEmpty(t, recorded.OfType("aws:cloudwatch/eventApiDestination:EventApiDestination"))
	for _, each := range recorded.Resources() {
		require.NotContains(t, plainText(each.Inputs), recording.WebhookURL, each.Key())
	}
	runner.Fail = map[string]error{"arn:aws:secretsmanager:us-east-1:123456789012:secret/botyard/test/chat": errors.New("has no value yet")}
	_, err := recording.Run(t, program(cfg, runner))
	require.ErrorContains(t, err, "has no value yet")
}
