package platform

import (
	"errors"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"botyard/infra/rollout"
	"botyard/tests/recording"
)

// recordModels records the bucket, and what its version of "greetings" is found to be.
func recordModels(t *testing.T, protect bool, runner *recording.Runner, options ...pulumi.RunOption) (*recording.Recorder, rollout.Model, error) {
	t.Helper()
	var found rollout.Model
	recorded, err := recording.Run(t, func(ctx *pulumi.Context) error {
		guard, err := NewGuard(ctx, &GuardArgs{})
		if err != nil {
			return err
		}
		if !protect {
			guard = nil
		}
		m, err := NewModels(ctx, "models", &ModelsArgs{Names: names, AccountID: recording.Account, Runner: runner, Protect: protect, Guard: guard})
		if err != nil {
			return err
		}
		first, second := m.Find(ctx, "greetings", ""), m.Find(ctx, "greetings", "")
		ctx.Export("found", pulumi.All(first, second).ApplyT(func(all []any) string {
			found = all[0].(rollout.Model)
			return found.Version + all[1].(rollout.Model).Version
		}))
		return nil
	}, options...)
	return recorded, found, err
}

func TestTheModelsBucketIsClosedAndKeepsVersions(t *testing.T) {
	recorded, found, err := recordModels(t, true, &recording.Runner{})
	require.NoError(t, err)
	require.Equal(t, []string{
		"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2::models",
		"aws:s3/bucketOwnershipControls:BucketOwnershipControls::models", "aws:s3/bucketPolicy:BucketPolicy::models",
		"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock::models",
		"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2::models",
		"aws:s3/bucketV2:BucketV2::models", "aws:s3/bucketVersioningV2:BucketVersioningV2::models", "botyard:platform:Models::models",
	}, keys(recorded.Resources()))
	bucket := recorded.One(t, "aws:s3/bucketV2:BucketV2", "models")
	require.Equal(t, "botyard-test-models-123456789012", bucket.Input("bucket"))
	require.True(t, bucket.Protect)
	require.Equal(t, false, bucket.Input("forceDestroy"))
	for _, each := range recorded.Resources() {
		if each.Type != "aws:s3/bucketV2:BucketV2" && each.Custom {
			require.Equal(t, "botyard-test-models-123456789012", each.Input("bucket"), each.Key())
		}
	}
	access := recorded.One(t, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "models")
	for _, input := range []string{"blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"} {
		require.Equal(t, true, access.Input(input), input)
	}
	require.Equal(t, map[string]any{"objectOwnership": "BucketOwnerEnforced"}, recorded.One(t, "aws:s3/bucketOwnershipControls:BucketOwnershipControls", "models").Input("rule"))
	require.Equal(t, []any{map[string]any{"applyServerSideEncryptionByDefault": map[string]any{"sseAlgorithm": "AES256"}}},
		recorded.One(t, "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2", "models").Input("rules"))
	require.Equal(t, map[string]any{"status": "Enabled"}, recorded.One(t, "aws:s3/bucketVersioningV2:BucketVersioningV2", "models").Input("versioningConfiguration"))
	require.Equal(t, []any{map[string]any{
		"Sid": "TLSOnly", "Effect": "Deny", "Principal": "*", "Action": []any{"s3:*"},
		"Resource":  []any{"arn:aws:s3:::botyard-test-models-123456789012", "arn:aws:s3:::botyard-test-models-123456789012/*"},
		"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}},
	}}, decode(t, recorded.One(t, "aws:s3/bucketPolicy:BucketPolicy", "models"), "policy").(map[string]any)["Statement"])
	require.Equal(t, rollout.Model{Name: "greetings", Version: "newest", SHA256: "sum of newest", File: "greetings.bin", Size: 7}, found)
}

// TestOnlyVersionsThatNoReleaseRunsExpire holds the rules; rollout.Remember sets the tag.
func TestOnlyVersionsThatNoReleaseRunsExpire(t *testing.T) {
	recorded, _, err := recordModels(t, true, &recording.Runner{})
	require.NoError(t, err)
	lifecycle := recorded.One(t, "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", "models")
	require.Equal(t, []any{
		map[string]any{"id": "unused-versions", "status": "Enabled", "filter": map[string]any{"tag": map[string]any{"key": "keep", "value": "no"}},
			"noncurrentVersionExpiration": map[string]any{"noncurrentDays": 30.0}},
		map[string]any{"id": "cut-off-uploads", "status": "Enabled", "filter": map[string]any{"prefix": ""},
			"abortIncompleteMultipartUpload": map[string]any{"daysAfterInitiation": 7.0}},
	}, lifecycle.Input("rules"))
	require.Contains(t, lifecycle.DependsOn, "aws:s3/bucketVersioningV2:BucketVersioningV2::models")
}

func TestABucketThatIsNotProtectedGoesWithItsVersions(t *testing.T) {
	recorded, _, err := recordModels(t, false, &recording.Runner{})
	require.NoError(t, err)
	bucket := recorded.One(t, "aws:s3/bucketV2:BucketV2", "models")
	require.False(t, bucket.Protect)
	require.Equal(t, true, bucket.Input("forceDestroy"))
}

func TestAnUpdateKeepsTheModelThatItFinds(t *testing.T) {
	runner := &recording.Runner{}
	_, _, err := recordModels(t, true, runner)
	require.NoError(t, err)
	require.Equal(t, []rollout.ModelQuery{{Bucket: "botyard-test-models-123456789012", Name: "greetings", Stack: "test"}}, runner.Asked,
		"the newest is looked for once, so that all services get the same")
	require.Equal(t, []string{"botyard-test-models-123456789012/greetings newest"}, runner.Kept)

	_, _, err = recordModels(t, true, &recording.Runner{Fail: map[string]error{"greetings": rollout.ErrNoModel}})
	require.ErrorIs(t, err, rollout.ErrNoModel)
	_, _, err = recordModels(t, true, &recording.Runner{Fail: map[string]error{"keep greetings": errors.New("away")}})
	require.ErrorContains(t, err, "away")
}

func TestAPreviewKeepsNothingAndGoesOnWithoutAModel(t *testing.T) {
	runner := &recording.Runner{}
	_, found, err := recordModels(t, true, runner, recording.Preview)
	require.NoError(t, err)
	require.Empty(t, runner.Kept)
	require.Equal(t, "sum of newest", found.SHA256, "what will be deployed, so that no other change is shown")
	_, found, err = recordModels(t, true, &recording.Runner{Fail: map[string]error{"greetings": rollout.ErrNoModel}}, recording.Preview)
	require.NoError(t, err)
	require.Equal(t, rollout.Model{Name: "greetings"}, found)
	_, _, err = recordModels(t, true, &recording.Runner{Fail: map[string]error{"greetings": errors.New("forbidden")}}, recording.Preview)
	require.ErrorContains(t, err, "forbidden")
}

// withModels gives a service two variables of one model, and one of another.
func withModels(a *ServiceArgs, p *parts) {
	p.singleton(a)
	bucket := &Models{Bucket: pulumi.String("models").ToStringOutput(), Arn: pulumi.String("arn:aws:s3:::models").ToStringOutput()}
	use := func(name, version string) ModelUse {
		return ModelUse{Name: name, Found: pulumi.ToOutput(rollout.Model{Name: name, Version: version, SHA256: "aa", File: "f", Size: 7})}
	}
	a.Models = ModelUses{Models: bucket, Uses: map[string]ModelUse{"MODEL": use("greetings", "v2"), "BEFORE": use("greetings", "v1"), "ACTIONS": use("actions", "v1")}}
	a.Volumes = []Volume{{Name: "data", Path: "/data"}}
}

func TestTheWardenIsToldTheVersionsOfItsModels(t *testing.T) {
	recorded, _, err := recordService(t, ec2Hosts, withModels)
	require.NoError(t, err)
	task := recorded.One(t, "aws:ecs/taskDefinition:TaskDefinition", "bot")
	container := decode(t, task, "containerDefinitions").([]any)[0].(map[string]any)
	require.Contains(t, container["environment"], map[string]any{"name": "WARDEN_MODELS", "value": `[` +
		`{"variable":"ACTIONS","bucket":"models","key":"actions","version":"v1","sha256":"aa","size":7,"file":"f"},` +
		`{"variable":"BEFORE","bucket":"models","key":"greetings","version":"v1","sha256":"aa","size":7,"file":"f"},` +
		`{"variable":"MODEL","bucket":"models","key":"greetings","version":"v2","sha256":"aa","size":7,"file":"f"}]`})
	require.Equal(t, []any{
		map[string]any{"sourceVolume": "data", "containerPath": "/data", "readOnly": false},
		map[string]any{"sourceVolume": "botyard-models", "containerPath": "/models", "readOnly": false},
	}, container["mountPoints"])
	require.Equal(t, 300.0, container["healthCheck"].(map[string]any)["startPeriod"], "as long as ECS has patience")
	require.Contains(t, task.Input("volumes"), map[string]any{"name": "botyard-models", "dockerVolumeConfiguration": map[string]any{
		"scope": "shared", "autoprovision": true, "driver": "local",
	}})
	policy := decode(t, recorded.One(t, "aws:iam/rolePolicy:RolePolicy", "bot-task"), "policy").(map[string]any)
	require.Equal(t, map[string]any{
		"Effect": "Allow", "Action": []any{"s3:GetObject", "s3:GetObjectVersion"},
		"Resource": []any{"arn:aws:s3:::models/actions", "arn:aws:s3:::models/greetings"},
	}, policy["Statement"].([]any)[1])
	require.Len(t, policy["Statement"], 2)
}

func TestOnFargateModelsAreInTheTasksOwnStorage(t *testing.T) {
	recorded, _, err := recordService(t, nil, withModels)
	require.NoError(t, err)
	require.Equal(t, []any{map[string]any{"name": "scratch"}, map[string]any{"name": "data"}, map[string]any{"name": "botyard-models"}},
		recorded.One(t, "aws:ecs/taskDefinition:TaskDefinition", "bot").Input("volumes"))
}

func TestALoadBalancerWaitsForTheModels(t *testing.T) {
	recorded, _, err := recordService(t, ec2Hosts, func(a *ServiceArgs, p *parts) {
		withModels(a, p)
		a.Port = &Port{Container: 5005}
		a.Route = &Route{Edge: &Edge{vpc: p.network.VpcID, ListenerArn: pulumi.String("arn:listener").ToStringOutput()}, Path: "/*", HealthPath: "/health", Priority: 10}
	})
	require.NoError(t, err)
	require.Equal(t, 300.0, recorded.One(t, "aws:ecs/service:Service", "bot").Input("healthCheckGracePeriodSeconds"))
}

func TestModelsWithoutAWardenAreRefused(t *testing.T) {
	for _, change := range []func(*ServiceArgs){
		func(a *ServiceArgs) { a.Singleton, a.HandsOver, a.Warden = false, false, nil },
		func(a *ServiceArgs) { a.Models.Models = nil },
	} {
		_, _, err := recordService(t, ec2Hosts, func(a *ServiceArgs, p *parts) { withModels(a, p); change(a) })
		require.ErrorContains(t, err, "service bot: models need a warden, which fetches them, and the bucket that they come from")
	}
}

// TestTheBucketOfALongNameIsCut holds what make model reckons too (toolchain/internal/models).
func TestTheBucketOfALongNameIsCut(t *testing.T) {
	require.Equal(t, "botyard-prod-models-123456789012", ModelsBucketName(Namer{Project: "botyard", Stack: "prod"}, "123456789012"))
	require.Equal(t, "botyard-with-a-long-name-"+strings.Repeat("s", 31)+"-a97623",
		ModelsBucketName(Namer{Project: "botyard-with-a-long-name", Stack: strings.Repeat("s", 32)}, "123456789012"))
}
