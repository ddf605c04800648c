package tests

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"botyard/infra/config"
	"botyard/infra/rollout"
	"botyard/tests/fleet"
	"botyard/tests/recording"
)

const modelsBucket = "botyard-test-models-123456789012"

// modelled is prod with a model of which the bot takes the newest version, and the listener one that it names.
func modelled(t *testing.T) *config.Config {
	t.Helper()
	values := map[string]string{
		"extends": "prod", "models": `{"greetings": {"description": "x"}}`,
		"services": `{"bot": {"models": {"MODEL": {"name": "greetings"}}},
			"member-listener": {"models": {"MODEL": {"name": "greetings", "version": "v1"}}}}`,
	}
	cfg, err := config.Load(config.Source{Project: recording.Project, Stack: recording.Stack, Root: fleet.Root(t), Values: values})
	require.NoError(t, err)
	return cfg
}

// models is what a service's warden is told to fetch.
func models(t *testing.T, recorded *recording.Recorder, service string) string {
	t.Helper()
	for _, each := range container(t, recorded, service)["environment"].([]any) {
		if each.(map[string]any)["name"] == "WARDEN_MODELS" {
			return each.(map[string]any)["value"].(string)
		}
	}
	return ""
}

func TestAStackWithoutModelsHasNoBucket(t *testing.T) {
	recorded, runner := fleet.Record(t, fleet.Load(t, "prod"))
	require.Empty(t, recorded.OfType("aws:s3/bucketV2:BucketV2"))
	require.Empty(t, models(t, recorded, "bot"))
	require.Empty(t, runner.Asked)
	require.Empty(t, runner.Noted[0].Bucket)
}

func TestServicesGetTheVersionThatTheyName(t *testing.T) {
	recorded, runner := fleet.Record(t, modelled(t))
	file := func(version string) string {
		return `[{"variable":"MODEL","bucket":"` + modelsBucket + `","key":"greetings","version":"` + version + `","sha256":"sum of ` + version +
			`","size":7,"file":"greetings.bin"}]`
	}
	require.Equal(t, file("newest"), models(t, recorded, "bot"))
	require.Equal(t, file("v1"), models(t, recorded, "member-listener"))
	require.Empty(t, models(t, recorded, "leveling-api"))
	require.ElementsMatch(t, []string{modelsBucket + "/greetings newest", modelsBucket + "/greetings v1"}, runner.Kept)
	require.Equal(t, 1, len(recorded.OfType("aws:s3/bucketV2:BucketV2")))
	require.True(t, recorded.One(t, "aws:s3/bucketV2:BucketV2", "models").Protect)
}

// TestARollbackGoesBackToTheModelToo runs a release again after a newer version of its model was uploaded: the release has
// the version's id in place of latest.
func TestARollbackGoesBackToTheModelToo(t *testing.T) {
	_, runner := fleet.Record(t, modelled(t))
	release := runner.Noted[0]
	require.Equal(t, modelsBucket, release.Bucket)
	require.Contains(t, release.Services, `"models":{"MODEL":{"name":"greetings","version":"newest"}}`)
	require.Contains(t, release.Services, `"models":{"MODEL":{"name":"greetings","version":"v1"}}`)
	require.NotContains(t, release.Services, "latest")

	source := config.Source{
		Project: recording.Project, Stack: recording.Stack, Root: fleet.Root(t), Services: release.Services,
		Values: map[string]string{"extends": "prod", "models": `{"greetings": {"description": "x"}}`, "release": "r7"},
	}
	back, err := config.Load(source)
	require.NoError(t, err)
	release.ID = "r7"
	runner = &recording.Runner{Known: []rollout.Release{release}}
	recorded, err := recording.Run(t, program(back, runner))
	require.NoError(t, err)
	require.Contains(t, models(t, recorded, "bot"), `"version":"newest"`)
	for _, asked := range runner.Asked {
		require.NotEmpty(t, asked.Version, "a rollback asks for no newest version")
	}
	require.Equal(t, release.Services, runner.Noted[0].Services)
}

func TestAModelWithoutAVersionStopsTheUpdateBeforeItsServices(t *testing.T) {
	runner := &recording.Runner{Fail: map[string]error{"greetings": errors.New("model greetings has no version yet")}}
	recorded, err := recording.Run(t, program(modelled(t), runner))
	require.ErrorContains(t, err, "model greetings has no version yet")
	for _, each := range recorded.OfType(taskType) {
		require.NotContains(t, []string{"bot", "member-listener"}, each.Name)
	}
	for _, each := range recorded.OfType(serviceType) {
		require.NotContains(t, []string{"bot", "bot-standby", "member-listener"}, each.Name)
	}
}

// TestTheDeliverysRolesKnowTheModels holds what the bound and the previews' role say of them.
func TestTheDeliverysRolesKnowTheModels(t *testing.T) {
	cfg := modelled(t)
	cfg.Delivery = &config.Delivery{Repository: "acme/bots", Provider: true, State: "arn:aws:s3:::acme-state"}
	recorded, _ := fleet.Record(t, cfg)
	bound, preview, deploy := boundary(t, recorded, "delivery-bound"), policyOfRole(t, recorded, "preview"), policyOfRole(t, recorded, "deploy")
	own := "arn:aws:s3:::" + modelsBucket + "/greetings"
	for _, action := range []string{"s3:GetObject", "s3:GetObjectVersion"} {
		task := parsePolicy(t, recorded.One(t, "aws:iam/rolePolicy:RolePolicy", "bot-task").Input("policy").(string))
		require.True(t, task.allows(action, own) && bound.allows(action, own) && preview.allows(action, own), action)
		require.False(t, task.allows(action, own+"-other"), "of the bucket a service reads its models alone")
		require.False(t, bound.allows(action, "arn:aws:s3:::botyard-prod-models-123456789012/greetings"), action)
	}
	for _, action := range []string{"s3:PutObject", "s3:PutObjectVersionTagging", "s3:DeleteObjectVersion"} {
		require.False(t, preview.allows(action, own) || bound.allows(action, own), action)
	}
	require.True(t, deploy.allows("s3:PutObjectVersionTagging", own))
	require.False(t, deploy.allows("s3:PutObject", own), "a person uploads")
}
