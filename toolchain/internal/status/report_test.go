package status

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/dev"
	"botyard/toolchain/internal/outputs"
)

// now is the moment of all reports here.
var now = time.Date(2026, 11, 25, 20, 0, 0, 0, time.UTC)

func before(d time.Duration) *time.Time { return aws.Time(now.Add(-d)) }

// table is a DynamoDB with the leases given.
type table map[string]map[string]dynamotypes.AttributeValue

func (l table) GetItem(_ context.Context, in *dynamodb.GetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	if *in.TableName != "leases" || !*in.ConsistentRead {
		return nil, errors.New("not how a lease is read")
	}
	return &dynamodb.GetItemOutput{Item: l[text(in.Key["service"])]}, nil
}

func number(n string) dynamotypes.AttributeValue { return &dynamotypes.AttributeValueMemberN{Value: n} }

func word(s string) dynamotypes.AttributeValue { return &dynamotypes.AttributeValueMemberS{Value: s} }

// written is the item of a lease of 15 s whose last write was so long ago.
func written(holder string, ago time.Duration) map[string]dynamotypes.AttributeValue {
	item := map[string]dynamotypes.AttributeValue{
		"token": number("17"), "seconds": number("15"), "task": word("arn:aws:ecs:task/c/1a2b3c4d5e6f"),
		"expires": number(strconv.FormatInt(now.Add(kept-ago).Unix(), 10)),
	}
	if holder != "" {
		item["holder"] = word(holder)
	}
	return item
}

// watch is a CloudWatch whose alarms come in two pages.
type watch struct{}

func (watch) DescribeAlarms(_ context.Context, in *cloudwatch.DescribeAlarmsInput, _ ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmsOutput, error) {
	if *in.AlarmNamePrefix != "botyard-local-" || len(in.AlarmTypes) != 2 {
		return nil, errors.New("other alarms than the stack's")
	}
	if in.NextToken == nil {
		return &cloudwatch.DescribeAlarmsOutput{NextToken: aws.String("more"), MetricAlarms: []cloudwatchtypes.MetricAlarm{
			{AlarmName: aws.String("botyard-local-api-running-tasks"), StateValue: cloudwatchtypes.StateValueAlarm, StateUpdatedTimestamp: before(12 * time.Minute),
				AlarmDescription: aws.String("api: fewer than 1.5 task(s), e.g. none, for\n five minutes. See docs/runbooks.md.")},
			{AlarmName: aws.String("botyard-local-db-cpu"), StateValue: cloudwatchtypes.StateValueOk},
			{AlarmName: aws.String("botyard-local-db-disk"), StateValue: cloudwatchtypes.StateValueInsufficientData},
		}}, nil
	}
	return &cloudwatch.DescribeAlarmsOutput{CompositeAlarms: []cloudwatchtypes.CompositeAlarm{
		{AlarmName: aws.String("botyard-local-bot-down"), StateValue: cloudwatchtypes.StateValueAlarm, StateTransitionedTimestamp: before(90 * time.Second),
			StateUpdatedTimestamp: before(time.Second), AlarmDescription: aws.String("bot is down.")},
		{AlarmName: aws.String("botyard-local-x"), StateValue: cloudwatchtypes.StateValueInsufficientData},
	}}, nil
}

// databases is an RDS with one instance.
type databases struct {
	instance  rdstypes.DBInstance
	snapshots []rdstypes.DBSnapshot
	err       error
}

func (d databases) DescribeDBInstances(_ context.Context, in *rds.DescribeDBInstancesInput, _ ...func(*rds.Options)) (*rds.DescribeDBInstancesOutput, error) {
	if d.err != nil {
		return nil, d.err
	}
	if *in.DBInstanceIdentifier != "db-1" {
		return &rds.DescribeDBInstancesOutput{}, nil
	}
	return &rds.DescribeDBInstancesOutput{DBInstances: []rdstypes.DBInstance{d.instance}}, nil
}

func (d databases) DescribeDBSnapshots(_ context.Context, in *rds.DescribeDBSnapshotsInput, _ ...func(*rds.Options)) (*rds.DescribeDBSnapshotsOutput, error) {
	if *in.SnapshotType != "automated" {
		return nil, errors.New("a snapshot made by hand is no backup that can be counted on")
	}
	return &rds.DescribeDBSnapshotsOutput{DBSnapshots: d.snapshots}, nil
}

func deployment(id, state string, ago time.Duration, reason string) types.Deployment {
	return types.Deployment{Id: &id, CreatedAt: before(ago), RolloutState: types.DeploymentRolloutState(state), RolloutStateReason: &reason}
}

// question is on the fleet of status_test.go, of which the api's last update failed.
func question() Question {
	client, out := fleet()
	bot, api := client.services["arn:bot"], client.services["arn:api"]
	bot.Deployments = []types.Deployment{deployment("ecs-svc/1", "COMPLETED", 5*time.Hour, "")}
	api.Deployments = []types.Deployment{
		deployment("ecs-svc/2", "FAILED", 3*time.Minute, "tasks failed to start."), deployment("ecs-svc/3", "COMPLETED", 72*time.Hour, "")}
	wait := client.services["arn:wait"]
	wait.Deployments = []types.Deployment{deployment("ecs-svc/4", "IN_PROGRESS", 4*time.Minute, "")}
	client.services["arn:bot"], client.services["arn:api"], client.services["arn:wait"] = bot, api, wait
	client.tasks["bot"][0].StartedBy = aws.String("ecs-svc/1")
	client.tasks["api"][1].StartedBy = aws.String("ecs-svc/3")
	out.LeaseTable, out.AlarmPrefix, out.DatabaseIdentifier = "leases", "botyard-local-", "db-1"
	out.MonthlyCostUSD = &outputs.Cost{Total: 61.25, Parts: map[string]float64{"hosts": 30.37, "database": 30, "alarms": 0.88, "logs": 0}}
	return Question{
		Stack: "local", Out: out, Local: true, Now: now, Within: time.Second,
		Clients: Clients{
			ECS: client, Alarms: watch{},
			Leases: table{"bot": written("h", 2*time.Second), "api": {"starts": &dynamotypes.AttributeValueMemberL{}, "expires": number("1")}},
			Databases: databases{
				instance:  rdstypes.DBInstance{BackupRetentionPeriod: aws.Int32(7), LatestRestorableTime: before(4 * time.Minute)},
				snapshots: []rdstypes.DBSnapshot{{SnapshotCreateTime: before(31 * time.Hour)}, {SnapshotCreateTime: before(7 * time.Hour)}, {}},
			},
		},
	}
}

func screen(t *testing.T, q Question, r Report) string {
	t.Helper()
	var printed bytes.Buffer
	require.NoError(t, Screen(&printed, r, q.Out, "http://localhost:4566"))
	return printed.String()
}

func TestAServiceThatRunsFromItsSource(t *testing.T) {
	q := question()
	q.Developed = &dev.Note{Service: "api", Source: "images/api"}
	r, err := Ask(t.Context(), q)
	require.NoError(t, err)
	assert.Contains(t, screen(t, q, r), "\ndev       api runs from images/api and not from its image; Ctrl-C in make dev, or make up, puts that back\nalarms ")
	text, err := json.Marshal(r)
	require.NoError(t, err)
	assert.Equal(t, 1, strings.Count(string(text), `"source":"images/api"`))
	assert.Equal(t, 1, strings.Count(string(text), `"source":`))
}

func TestTheScreen(t *testing.T) {
	zone := time.Local
	time.Local = time.FixedZone("CET", 3600)
	t.Cleanup(func() { time.Local = zone })
	q := question()
	r, err := Ask(t.Context(), q)
	require.NoError(t, err, "it could be told, so it is no failure that things are bad")
	assert.Equal(t, `Stack local at 21:00:00 CET on Wednesday, 25 November 2026

SERVICE  STATE         STANDBY  HEALTH     DIGEST    AGE  LEASE                         ADDRESS
api      1/2 degraded  –        unhealthy  9f2c1d04  3 d  –                             public/
bot      1/1 running   running  healthy    9f2c1d04  5 h  1a2b3c4d #17 renewed 2 s ago  localhost:5005
gone     0/0 missing   –        –          –         –    –                             –
idle     0/1 starting  missing  –          aaaaaaaa  –    nobody holds it               –

alarms    2 in ALARM; INSUFFICIENT_DATA: 2
          ALARM bot-down since 20:58 (90 s): bot is down
          ALARM api-running-tasks since 20:48 (12 min): api: fewer than 1.5 task(s), e.g. none, for five
          minutes
deploy    FAILED, 3 min ago: api, bot – api: tasks failed to start.
backup    restorable to any moment until 4 min ago (20:56); newest snapshot 7 h ago (14:00); kept 7 days
cost      $61.25 a month: hosts 30.37, database 30.00, alarms 0.88
public    http://edge-1.elb.amazonaws.com (the Host to ask http://localhost:4566 for)
`, screen(t, q, r))
}

func TestTheReportAsJSON(t *testing.T) {
	r, err := Ask(t.Context(), question())
	require.NoError(t, err)
	r.Services = r.Services[1:2]
	text, err := json.Marshal(r)
	require.NoError(t, err)
	assert.JSONEq(t, `{"stack": "local", "at": "2026-11-25T20:00:00Z",
		"services": [{"service": "bot", "state": "running", "running": 1, "wanted": 1, "standby": "running", "health": "healthy",
			"address": "http://localhost:5005", "digest": "9f2c1d04a7be", "since": "2026-11-25T15:00:00Z",
			"lease": {"state": "held", "task": "1a2b3c4d", "token": 17, "renewed": "2026-11-25T19:59:58Z", "expires": "2026-11-25T20:00:13Z"}}],
		"alarms": [{"name": "bot-down", "since": "2026-11-25T19:58:30Z", "description": "bot is down"},
			{"name": "api-running-tasks", "since": "2026-11-25T19:48:00Z", "description": "api: fewer than 1.5 task(s), e.g. none, for five minutes"}],
		"insufficientData": 2,
		"lastDeploy": {"at": "2026-11-25T19:57:00Z", "services": ["api", "bot"], "state": "failed", "reason": "api: tasks failed to start."},
		"lastBackup": {"backupDays": 7, "latestRestorableTime": "2026-11-25T19:56:00Z", "newestSnapshot": "2026-11-25T13:00:00Z"},
		"monthlyCostUSD": {"total": 61.25, "parts": {"logs": 0, "hosts": 30.37, "database": 30, "alarms": 0.88}}}`, string(text))
}

func TestAnEarlierStackHasNoneOfIt(t *testing.T) {
	q := question()
	q.Out = outputs.Outputs{ServiceArns: map[string]string{"gone": "arn:gone"}}
	r, err := Ask(t.Context(), q)
	require.NoError(t, err)
	_, lines, _ := strings.Cut(screen(t, q, r), "\n\n")
	assert.Equal(t, `SERVICE  STATE        STANDBY  HEALTH  DIGEST  AGE  LEASE  ADDRESS
gone     0/0 missing  –        –       –       –    –      –

alarms    –
deploy    –
backup    –
cost      –
`, lines)
	r.At = now
	text, err := json.Marshal(r)
	require.NoError(t, err)
	assert.JSONEq(t, `{"stack": "local", "at": "2026-11-25T20:00:00Z", "services": [{"service": "gone", "state": "missing", "running": 0,
		"wanted": 0, "standby": "–", "health": "–", "address": "–", "digest": "–"}], "alarms": null, "insufficientData": null,
		"lastDeploy": null, "lastBackup": null, "monthlyCostUSD": null}`, string(text))
}

func TestAPartThatCannotBeAskedHidesNoOther(t *testing.T) {
	q := question()
	q.Databases = databases{err: errors.New("AccessDenied")}
	q.Leases = table{"bot": {"token": number("x")}}
	r, err := Ask(t.Context(), q)
	const leases = `cannot ask AWS for the leases: lease of bot in table leases: its token is "x"; right would be a whole number; ` +
		"right would be an answer within 1s and leave to do dynamodb:GetItem"
	const backups = "cannot ask AWS for the backups: AccessDenied; right would be an answer within 1s and leave to do rds:DescribeDBInstances and rds:DescribeDBSnapshots"
	require.EqualError(t, err, leases+"\n"+backups)
	assert.Equal(t, []string{leases, backups}, r.Errors)
	printed := screen(t, q, r)
	assert.Contains(t, printed, "\nbot      1/1 running   running  healthy    9f2c1d04  5 h  ?      localhost:5005\n")
	assert.Contains(t, printed, "\nalarms    2 in ALARM; INSUFFICIENT_DATA: 2\n")
	assert.Contains(t, printed, "\nbackup    ?\n")
}

// hung is an RDS that never answers.
type hung struct{ databases }

func (hung) DescribeDBInstances(ctx context.Context, _ *rds.DescribeDBInstancesInput, _ ...func(*rds.Options)) (*rds.DescribeDBInstancesOutput, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestAPartThatDoesNotAnswerIsNotWaitedForForEver(t *testing.T) {
	q := question()
	q.Databases, q.Within = hung{}, 50*time.Millisecond
	began := time.Now()
	_, err := Ask(t.Context(), q)
	assert.Less(t, time.Since(began), time.Second)
	require.EqualError(t, err, "cannot ask AWS for the backups: context deadline exceeded; right would be an answer within 50ms and leave to do rds:DescribeDBInstances and rds:DescribeDBSnapshots")
}

func TestBackups(t *testing.T) {
	for want, d := range map[string]databases{
		"no backups (backupDays is 0)": {instance: rdstypes.DBInstance{BackupRetentionPeriod: aws.Int32(0), LatestRestorableTime: before(0)}},
		"none yet":                     {instance: rdstypes.DBInstance{BackupRetentionPeriod: aws.Int32(1)}},
		"restorable to any moment until none yet; newest snapshot 3 d ago (22 Nov 20:00); kept 1 days": {
			instance: rdstypes.DBInstance{BackupRetentionPeriod: aws.Int32(1)}, snapshots: []rdstypes.DBSnapshot{{SnapshotCreateTime: before(72 * time.Hour)}}},
	} {
		q := question()
		q.Databases = d
		r, err := Ask(t.Context(), q)
		require.NoError(t, err)
		assert.Equal(t, want, r.backup(q.Out))
		if *d.instance.BackupRetentionPeriod == 0 {
			assert.Equal(t, &Backup{}, r.Backup, "what is not kept is no moment to go back to")
		}
	}
}

func TestLeases(t *testing.T) {
	for want, item := range map[string]map[string]dynamotypes.AttributeValue{
		"1a2b3c4d #17 renewed 15 s ago": written("h", 15*time.Second),
		"1a2b3c4d #17 expired 40 s ago": written("h", 55*time.Second),
		"nobody holds it":               written("", time.Hour),
		"–":                             {"starts": &dynamotypes.AttributeValueMemberL{}},
	} {
		l, err := decode(item, now)
		require.NoError(t, err)
		assert.Equal(t, want, l.words(now))
	}
}

func TestTheDeploymentsOfOneUpdateAreOneDeploy(t *testing.T) {
	all := []seen{
		{row: Service{Name: "api"}, deployments: []types.Deployment{deployment("1", "COMPLETED", 20*time.Minute, "")}},
		{row: Service{Name: "bot"}, deployments: []types.Deployment{deployment("2", "IN_PROGRESS", 10*time.Minute, "")}},
		{row: Service{Name: "old"}, deployments: []types.Deployment{deployment("3", "FAILED", 21*time.Minute, "x")}},
	}
	assert.Equal(t, &Deploy{At: now.Add(-10 * time.Minute), Services: []string{"bot"}, State: "in progress"}, lastDeploy(all))
	all[0].deployments[0].CreatedAt = before(19 * time.Minute)
	assert.Equal(t, &Deploy{At: now.Add(-10 * time.Minute), Services: []string{"api", "bot"}, State: "in progress"}, lastDeploy(all))
}

func TestAges(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0 s": -time.Second, "119 s": 119 * time.Second, "2 min": 2 * time.Minute, "119 min": 119 * time.Minute, "2 h": 2 * time.Hour, "47 h": 47 * time.Hour, "2 d": 48 * time.Hour,
	} {
		assert.Equal(t, want, age(d))
	}
}

func TestLongLinesGoOnBelow(t *testing.T) {
	assert.Equal(t, "backup    "+strings.Repeat("ü", 100), wrapped("backup    "+strings.Repeat("ü", 100)))
	assert.Equal(t, "backup    "+strings.Repeat("ü", 98)+"\n          ab", wrapped("backup    "+strings.Repeat("ü", 98)+" ab"))
	assert.Equal(t, "backup    a\n          "+strings.Repeat("x", 120)+"\n          b", wrapped("backup    a "+strings.Repeat("x", 120)+" b"))
}
