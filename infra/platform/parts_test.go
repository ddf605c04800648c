package platform

import (
	"encoding/base64"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"botyard/infra/image"
	"botyard/infra/rollout"
	"botyard/tests/recording"
)

func TestTheNetworkCutsItsBlockInFour(t *testing.T) {
	recorded := record(t, func(ctx *pulumi.Context) error {
		_, err := NewNetwork(ctx, "network", &NetworkArgs{CIDR: "10.20.0.0/16", Region: "us-east-1", Names: names})
		return err
	})
	var got [][2]any
	for _, subnet := range recorded.OfType("aws:ec2/subnet:Subnet") {
		got = append(got, [2]any{subnet.Input("cidrBlock"), subnet.Input("availabilityZone")})
	}
	require.Equal(t, [][2]any{ // private 1 and 2, then public 1 and 2: sorted by name
		{"10.20.128.0/18", "us-east-1a"}, {"10.20.192.0/18", "us-east-1b"},
		{"10.20.0.0/18", "us-east-1a"}, {"10.20.64.0/18", "us-east-1b"},
	}, got)
	closed := recorded.One(t, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "network-default")
	require.Nil(t, closed.Input("ingress"))
	require.Nil(t, closed.Input("egress"))
	require.Equal(t, []string{"aws:ec2/vpcEndpoint:VpcEndpoint::network-dynamodb", "aws:ec2/vpcEndpoint:VpcEndpoint::network-s3"},
		keys(recorded.OfType("aws:ec2/vpcEndpoint:VpcEndpoint")))
	require.Empty(t, recorded.OfType("aws:ec2/flowLog:FlowLog"), "flow logs are a setting")
	private := recorded.One(t, "aws:ec2/routeTable:RouteTable", "network-private")
	require.Nil(t, private.Input("routes"), "nothing leads out of the database's subnets")
}

func TestFlowLogsAreASetting(t *testing.T) {
	recorded := record(t, func(ctx *pulumi.Context) error {
		_, err := NewNetwork(ctx, "network", &NetworkArgs{CIDR: "10.20.0.0/24", FlowLogs: true, LogDays: 30, Region: "us-east-1", Names: names})
		return err
	})
	require.Equal(t, "REJECT", recorded.One(t, "aws:ec2/flowLog:FlowLog", "network").Input("trafficType"))
	require.Equal(t, 30.0, recorded.One(t, "aws:cloudwatch/logGroup:LogGroup", "network-flow").Input("retentionInDays"))
}

func TestABadCIDRIsRefusedBeforeAnyChild(t *testing.T) {
	for _, bad := range []string{"", "10.20.0.0", "10.20.0.0/8", "10.20.0.0/25", "10.20.1.0/16", "fd00::/16"} {
		recorded, err := recording.Run(t, func(ctx *pulumi.Context) error {
			_, err := NewNetwork(ctx, "network", &NetworkArgs{CIDR: bad, Names: names})
			return err
		})
		require.ErrorContains(t, err, "must be an IPv4 network from /16 to /24", bad)
		require.Empty(t, recorded.Resources(), bad)
	}
}

func TestHostsAreClosedAndCurrent(t *testing.T) {
	recorded := record(t, func(ctx *pulumi.Context) error {
		p, err := newParts(ctx, ec2Hosts)
		if err != nil {
			return err
		}
		return DeclareHostAlarms(ctx, p.cluster, names, p.alerts)
	})
	template := recorded.One(t, "aws:ec2/launchTemplate:LaunchTemplate", "cluster-hosts")
	require.Equal(t, "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id", template.Input("imageId"))
	require.Equal(t, map[string]any{"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1.0}, template.Input("metadataOptions"))
	require.Nil(t, template.Input("keyName"), "no SSH")
	disk := template.Input("blockDeviceMappings").([]any)[0].(map[string]any)["ebs"].(map[string]any)
	require.Equal(t, "true", disk["encrypted"])
	require.Equal(t, 30.0, disk["volumeSize"])
	script, err := base64.StdEncoding.DecodeString(template.Input("userData").(string))
	require.NoError(t, err)
	require.Contains(t, string(script), "\nECS_CLUSTER=botyard-test\n")
	for _, spec := range template.Input("tagSpecifications").([]any) {
		require.Equal(t, "society", spec.(map[string]any)["tags"].(map[string]any)["fleet"])
	}
	group := recorded.One(t, "aws:autoscaling/group:Group", "cluster-hosts")
	require.Len(t, group.Input("vpcZoneIdentifiers"), 2)
	require.Nil(t, group.Input("desiredCapacity"), "the capacity provider sets it")
	hosts := recorded.One(t, "aws:ec2/securityGroup:SecurityGroup", "cluster")
	require.Nil(t, hosts.Input("ingress"))
	alarm := recorded.One(t, "aws:cloudwatch/metricAlarm:MetricAlarm", "hosts-status-check")
	require.Equal(t, "StatusCheckFailed", alarm.Input("metricName"))
	require.Equal(t, map[string]any{"AutoScalingGroupName": "cluster-hosts"}, alarm.Input("dimensions"))
	require.Equal(t, "aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id", imageParameter(true)[1:])
}

func TestNoHostAlarmWithoutHosts(t *testing.T) {
	recorded := record(t, func(ctx *pulumi.Context) error {
		p, err := newParts(ctx, nil)
		if err != nil {
			return err
		}
		return DeclareHostAlarms(ctx, p.cluster, names, p.alerts)
	})
	require.Empty(t, recorded.OfType("aws:cloudwatch/metricAlarm:MetricAlarm"))
	require.Empty(t, recorded.OfType("aws:ec2/launchTemplate:LaunchTemplate"))
}

func TestEachLayerIsBuiltOnItsParentsDigest(t *testing.T) {
	layers := []image.Node{
		{Layer: image.Layer{Name: "base", Parent: "python", Context: "images/base", Dockerfile: "Dockerfile", Platform: "linux/amd64"}, Base: true, OutsideBase: "python@sha256:0", Tag: "t1"},
		{Layer: image.Layer{Name: "bot", Parent: "base", Context: "images/bot", Dockerfile: "Dockerfile", Platform: "linux/amd64", Args: map[string]string{"A": "1"}}, Tag: "t2"},
	}
	recorded := record(t, func(ctx *pulumi.Context) error {
		registry, err := NewRegistry(ctx, "registry", &RegistryArgs{Layers: []string{"base", "bot"}, Retain: 20, Address: "localhost:4566", Names: names})
		if err != nil {
			return err
		}
		_, err = NewBuilds(ctx, "images", &BuildsArgs{Layers: layers, Registry: registry, RegistryAddress: "localhost:4566"})
		return err
	})
	base := recorded.One(t, "docker:index/image:Image", "base")
	require.Equal(t, "localhost:4566/botyard/test/base:t1", base.Input("imageName"))
	require.Equal(t, "python@sha256:0", base.Input("build").(map[string]any)["args"].(map[string]any)["PARENT"])
	bot := recorded.One(t, "docker:index/image:Image", "bot")
	build := bot.Input("build").(map[string]any)
	require.Regexp(t, `^localhost:4566/botyard/test/base@sha256:[0-9a-f]{64}$`, build["args"].(map[string]any)["PARENT"])
	require.Equal(t, "1", build["args"].(map[string]any)["A"])
	require.Equal(t, "images/bot/Dockerfile", build["dockerfile"])
	require.Contains(t, bot.DependsOn, "docker:index/image:Image::base")
	require.Equal(t, recording.RegistryPassword, bot.Input("registry").(map[string]any)["password"])

	repository := recorded.One(t, "aws:ecr/repository:Repository", "bot")
	require.Equal(t, "botyard/test/bot", repository.Input("name"))
	require.Equal(t, "IMMUTABLE", repository.Input("imageTagMutability"))
	require.Equal(t, map[string]any{"scanOnPush": true}, repository.Input("imageScanningConfiguration"))
	rule := decode(t, recorded.One(t, "aws:ecr/lifecyclePolicy:LifecyclePolicy", "bot"), "policy").(map[string]any)["rules"].([]any)[0].(map[string]any)
	require.Equal(t, map[string]any{"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 20.0}, rule["selection"])
}

func database(protect bool) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		p, err := newParts(ctx, ec2Hosts)
		if err != nil {
			return err
		}
		_, err = NewDatabase(ctx, "database", &DatabaseArgs{
			Network: p.network, Cluster: p.cluster, Names: names, EngineVersion: "15", InstanceClass: "db.t4g.micro",
			StorageGiB: 20, BackupDays: 7, Protect: protect,
		})
		return err
	}
}

func TestTheDatabaseIsPrivateEncryptedAndProtected(t *testing.T) {
	instance := record(t, database(true)).One(t, "aws:rds/instance:Instance", "database")
	require.True(t, instance.Protect)
	for input, want := range map[string]any{
		"identifier": "botyard-test-database", "publiclyAccessible": false, "storageEncrypted": true, "manageMasterUserPassword": true,
		"deletionProtection": true, "skipFinalSnapshot": false, "finalSnapshotIdentifier": "botyard-test-database-final",
		"backupRetentionPeriod": 7.0, "copyTagsToSnapshot": true, "autoMinorVersionUpgrade": true, "multiAz": false,
	} {
		require.Equal(t, want, instance.Input(input), input)
	}
	require.Nil(t, instance.Input("password"))
	parameters := record(t, database(true)).One(t, "aws:rds/parameterGroup:ParameterGroup", "database")
	require.Equal(t, []any{map[string]any{"name": "rds.force_ssl", "value": "1"}}, parameters.Input("parameters"))

	open := record(t, database(false)).One(t, "aws:rds/instance:Instance", "database")
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
