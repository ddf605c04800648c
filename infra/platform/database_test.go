package platform

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"botyard/infra/rollout"
	"botyard/tests/recording"
)

func database(protect bool, approvals map[string]string) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		p, err := newParts(ctx, ec2Hosts)
		if err != nil {
			return err
		}
		guard, err := NewGuard(ctx, &GuardArgs{Approvals: approvals})
		if err != nil {
			return err
		}
		if !protect {
			guard = nil
		}
		_, err = NewDatabase(ctx, "database", &DatabaseArgs{
			Network: p.network, Cluster: p.cluster, Names: names, Alerts: p.alerts, Guard: guard, EngineVersion: "15", InstanceClass: "db.t4g.micro",
			MemoryMiB: 1024, StorageGiB: 20, BackupDays: 7, Protect: protect,
		})
		return err
	}
}

func TestTheDatabaseIsPrivateEncryptedAndProtected(t *testing.T) {
	instance := record(t, database(true, nil)).One(t, "aws:rds/instance:Instance", "database")
	require.True(t, instance.Protect)
	for input, want := range map[string]any{
		"identifier": "botyard-test-database", "publiclyAccessible": false, "storageEncrypted": true, "manageMasterUserPassword": true,
		"deletionProtection": true, "skipFinalSnapshot": false, "finalSnapshotIdentifier": "botyard-test-database-final",
		"backupRetentionPeriod": 7.0, "copyTagsToSnapshot": true, "autoMinorVersionUpgrade": true, "multiAz": false,
	} {
		require.Equal(t, want, instance.Input(input), input)
	}
	require.Nil(t, instance.Input("password"))
	parameters := record(t, database(true, nil)).One(t, "aws:rds/parameterGroup:ParameterGroup", "database")
	require.Equal(t, []any{map[string]any{"name": "rds.force_ssl", "value": "1"}}, parameters.Input("parameters"))

	open := record(t, database(false, nil)).One(t, "aws:rds/instance:Instance", "database")
	require.False(t, open.Protect)
	require.Equal(t, false, open.Input("deletionProtection"))
	require.Nil(t, open.Input("finalSnapshotIdentifier"))
}

func TestEachServiceGetsARoleOfItsOwn(t *testing.T) {
	var runner *recording.Runner
	recorded := record(t, func(ctx *pulumi.Context) error {
		p, err := newParts(ctx, ec2Hosts)
		if err != nil {
			return err
		}
		runner = p.runner
		text := func(s string) pulumi.StringOutput { return pulumi.String(s).ToStringOutput() }
		access, err := NewAccess(ctx, "database-init", &AccessArgs{
			Database: &Database{Address: text("db.internal"), Port: pulumi.Int(5432).ToIntOutput(), MasterSecretArn: text("arn:aws:secretsmanager:master")},
			Cluster:  p.cluster, Names: names, Image: text("registry/init@sha256:bbbb"), RepositoryArn: text("arn:repository"),
			Grants:  []Grant{{"api", "leveling", "owner"}, {"bot", "leveling", "write"}, {"other", "notes", "owner"}},
			LogDays: 30, Region: "us-east-1", Runner: p.runner,
		})
		if err == nil {
			ctx.Export("ready", access.Ready)
		}
		return err
	})
	secret := func(service string) string {
		return "arn:aws:secretsmanager:us-east-1:123456789012:secret/botyard/test/" + service + "-database"
	}
	container := decode(t, recorded.One(t, "aws:ecs/taskDefinition:TaskDefinition", "database-init"), "containerDefinitions").([]any)[0].(map[string]any)
	require.Equal(t, []any{
		map[string]any{"name": "DATABASES", "value": `[{"name":"leveling","roles":[{"service":"api","access":"owner","secret":"` + secret("api") +
			`"},{"service":"bot","access":"write","secret":"` + secret("bot") + `"}]},{"name":"notes","roles":[{"service":"other","access":"owner","secret":"` + secret("other") + `"}]}]`},
		map[string]any{"name": "DB_HOST", "value": "db.internal"},
		map[string]any{"name": "DB_PORT", "value": "5432"},
	}, container["environment"])
	require.Equal(t, []any{map[string]any{"name": "MASTER_SECRET", "valueFrom": "arn:aws:secretsmanager:master"}}, container["secrets"])
	policy := decode(t, recorded.One(t, "aws:iam/rolePolicy:RolePolicy", "database-init-task"), "policy").(map[string]any)
	require.Equal(t, []any{map[string]any{
		"Effect": "Allow", "Action": []any{"secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"},
		"Resource": []any{secret("api"), secret("bot"), secret("other")},
	}}, policy["Statement"])
	require.Len(t, runner.OneOffs, 1)
	require.Equal(t, rollout.OneOff{
		Name: "database-init", TaskDefinition: "arn:aws:ecs:us-east-1:123456789012:taskDefinition/database-init", Container: "database-init",
		LogGroup:  "/botyard/test/database-init",
		Placement: rollout.Placement{Cluster: "arn:aws:ecs:us-east-1:123456789012:cluster/botyard-test", CapacityProvider: "botyard-test-hosts"},
	}, runner.OneOffs[0])
}
