// Package tests holds what must be true of whole stacks: the repository's own, as they are.
package tests

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/require"

	"botyard/infra/config"
	"botyard/tests/fleet"
	"botyard/tests/recording"
)

var update = flag.Bool("update", false, "write the golden files anew")

const (
	imageType   = "docker:index/image:Image"
	serviceType = "aws:ecs/service:Service"
	taskType    = "aws:ecs/taskDefinition:TaskDefinition"
)

// onEachFleet checks the stacks that go to AWS as they are in the repository, one a fleet.
func onEachFleet(t *testing.T, check func(*testing.T, *config.Config)) {
	for _, stack := range []string{"prod", "wulu"} {
		t.Run(stack, func(t *testing.T) { check(t, fleet.Load(t, stack)) })
	}
}

func TestEachFleetDeclaresItsGoldenResources(t *testing.T) {
	onEachFleet(t, declaresTheGoldenResources)
}

func declaresTheGoldenResources(t *testing.T, cfg *config.Config) {
	recorded, _ := fleet.Record(t, cfg)
	var lines []string
	for _, each := range recorded.Resources() {
		mark := ""
		if each.Protect {
			mark = " (protected)"
		}
		lines = append(lines, fmt.Sprintf("%s <- %s%s", each.Key(), each.Parent, mark))
	}
	got := strings.Join(lines, "\n") + "\n"
	golden := "testdata/" + cfg.Stack + ".golden"
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "run `go test ./tests -update` if this change is meant")
}

func TestEveryResourceIsNamedOnceAndHasAParent(t *testing.T) {
	for _, stack := range []string{"prod", "local", "wulu", "wulu-local"} {
		recorded, _ := fleet.Record(t, fleet.Load(t, stack))
		seen := map[string]bool{}
		for _, each := range recorded.Resources() {
			require.False(t, seen[each.Key()], "%s: %s is registered twice", stack, each.Key())
			seen[each.Key()] = true
			if each.Custom {
				require.Contains(t, each.Parent, "botyard:platform:", "%s: %s", stack, each.Key())
			}
		}
	}
}

// untaggable are the resources of AWS that have no tags of their own.
var untaggable = []string{
	"aws:autoscaling/group:Group", // tagged by a list: TestHostsAreClosedAndCurrent
	"aws:autoscaling/policy:Policy", "aws:acm/certificateValidation:CertificateValidation", "aws:ec2/routeTableAssociation:RouteTableAssociation",
	"aws:cloudwatch/dashboard:Dashboard", "aws:cloudwatch/eventApiDestination:EventApiDestination", "aws:cloudwatch/eventConnection:EventConnection",
	"aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
	"aws:cloudwatch/eventTarget:EventTarget", "aws:cloudwatch/logMetricFilter:LogMetricFilter",
	"aws:ecr/lifecyclePolicy:LifecyclePolicy",
	"aws:ecs/clusterCapacityProviders:ClusterCapacityProviders", "aws:iam/rolePolicy:RolePolicy",
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:route53/record:Record",
	"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
	"aws:s3/bucketPolicy:BucketPolicy", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
	"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2", "aws:s3/bucketVersioningV2:BucketVersioningV2",
	"aws:sns/topicPolicy:TopicPolicy", "aws:sns/topicSubscription:TopicSubscription",
}

func TestEveryResourceIsTagged(t *testing.T) { onEachFleet(t, everyResourceIsTagged) }

func everyResourceIsTagged(t *testing.T, cfg *config.Config) {
	require.NotEmpty(t, cfg.Tags)
	recorded, _ := fleet.Record(t, cfg)
	for _, each := range recorded.Resources() {
		if !strings.HasPrefix(each.Type, "aws:") || slices.Contains(untaggable, each.Type) {
			continue
		}
		tags, ok := each.Input("tags").(map[string]any)
		require.True(t, ok, "%s has no tags", each.Key())
		for key, value := range cfg.Tags {
			require.Equal(t, value, tags[key], "%s: tag %s", each.Key(), key)
		}
	}
}

func TestEachImageIsBuiltFromDigests(t *testing.T) { onEachFleet(t, eachImageIsBuiltFromDigests) }

func eachImageIsBuiltFromDigests(t *testing.T, cfg *config.Config) {
	recorded, _ := fleet.Record(t, cfg)
	for name, layer := range cfg.Images {
		image := recorded.One(t, imageType, name)
		args := image.Input("build").(map[string]any)["args"].(map[string]any)
		for _, used := range layer.Uses {
			require.Contains(t, image.DependsOn, imageType+"::"+used, name)
			require.Contains(t, args[strings.ToUpper(used)], "/botyard/test/"+used+"@sha256:", name)
		}
		parent := args["PARENT"].(string)
		if outside, ok := cfg.BaseImages[layer.Parent]; ok {
			require.Equal(t, outside, parent, name)
			require.Contains(t, outside, "@sha256:", "base images are pinned")
			continue
		}
		require.Contains(t, image.DependsOn, imageType+"::"+layer.Parent, name)
		require.Contains(t, parent, "/botyard/test/"+layer.Parent+"@sha256:", name)
	}
}

func TestNoServiceIsTouchedBeforeAllImagesAreBuilt(t *testing.T) {
	onEachFleet(t, noServiceIsTouchedBeforeAllImagesAreBuilt)
}

func noServiceIsTouchedBeforeAllImagesAreBuilt(t *testing.T, cfg *config.Config) {
	recorded, _ := fleet.Record(t, cfg)
	last := 0
	for _, image := range recorded.OfType(imageType) {
		last = max(last, image.Order)
	}
	for _, token := range []string{taskType, serviceType} {
		require.NotEmpty(t, recorded.OfType(token))
		for _, each := range recorded.OfType(token) {
			require.Greater(t, each.Order, last, "%s was registered before the last image", each.Key())
		}
	}
}

func TestServicesRunDigestsOnly(t *testing.T) { onEachFleet(t, servicesRunDigestsOnly) }

func servicesRunDigestsOnly(t *testing.T, cfg *config.Config) {
	recorded, runner := fleet.Record(t, cfg)
	for name := range cfg.Services {
		require.Regexp(t, `/`+cfg.Services[name].Image+`@sha256:[0-9a-f]{64}$`, container(t, recorded, name)["image"])
	}
	require.Len(t, runner.Services, len(cfg.Services)+len(runner.Holders), "each service, and each singleton's standby")
	for _, service := range runner.Services {
		require.Regexp(t, `^sha256:[0-9a-f]{64}$`, service.Digest)
	}
}

func TestTheSchemasOwnerGoesFirst(t *testing.T) {
	recorded, runner := fleet.Record(t, fleet.Load(t, "prod"))
	var ran []string
	for _, o := range runner.OneOffs {
		ran = append(ran, o.Name)
	}
	require.Equal(t, []string{"database-init", "leveling-api: before"}, ran)
	require.Less(t, recorded.One(t, taskType, "leveling-api").Order, recorded.One(t, taskType, "bot").Order)
}

func TestContainersAreConfined(t *testing.T) { onEachFleet(t, containersAreConfined) }

func containersAreConfined(t *testing.T, cfg *config.Config) {
	recorded, _ := fleet.Record(t, cfg)
	for _, task := range recorded.OfType(taskType) {
		c := container(t, recorded, task.Name)
		require.Equal(t, true, c["readonlyRootFilesystem"], task.Name)
		require.Equal(t, "10001", c["user"], task.Name)
		require.Equal(t, false, c["privileged"], task.Name)
		require.Equal(t, []any{"ALL"}, c["linuxParameters"].(map[string]any)["capabilities"].(map[string]any)["drop"], task.Name)
		require.Positive(t, c["memory"], task.Name)
		require.Equal(t, "awslogs", c["logConfiguration"].(map[string]any)["logDriver"], task.Name)
	}
}

func TestNoSecretIsAPlainInput(t *testing.T) { onEachFleet(t, noSecretIsAPlainInput) }

func noSecretIsAPlainInput(t *testing.T, cfg *config.Config) {
	recorded, _ := fleet.Record(t, cfg)
	for _, each := range recorded.Resources() {
		require.NotContains(t, plainText(each.Inputs), recording.RegistryPassword, "%s holds the registry's password in the open", each.Key())
	}
	for _, image := range recorded.OfType(imageType) {
		require.True(t, image.Inputs["registry"].ObjectValue()["password"].IsSecret() || image.Inputs["registry"].IsSecret(), image.Name)
	}
	require.Empty(t, recorded.OfType("aws:secretsmanager/secretVersion:SecretVersion"), "values are set outside")
}

func TestTheLocalStackIsTheSameFleet(t *testing.T) {
	for onAWS, here := range map[string]string{"prod": "local", "wulu": "wulu-local"} {
		t.Run(onAWS, func(t *testing.T) { isTheSameFleet(t, onAWS, here) })
	}
}

func isTheSameFleet(t *testing.T, onAWS, here string) {
	prod, local := fleet.Load(t, onAWS), fleet.Load(t, here)
	require.Equal(t, keysOf(prod.Services), keysOf(local.Services))
	require.Equal(t, keysOf(prod.Images), keysOf(local.Images))
	recorded, _ := fleet.Record(t, local)
	for _, each := range recorded.Resources() {
		require.False(t, each.Protect, "make down could not remove %s", each.Key())
	}
	require.Empty(t, recorded.OfType("aws:acm/certificate:Certificate"))
}

func TestOnFargateThereIsNoHost(t *testing.T) {
	cfg := fleet.Load(t, "prod")
	cfg.Hosts.Kind = "fargate"
	recorded, _ := fleet.Record(t, cfg)
	for _, token := range []string{"aws:autoscaling/group:Group", "aws:ec2/launchTemplate:LaunchTemplate", "aws:ecs/capacityProvider:CapacityProvider", "aws:iam/instanceProfile:InstanceProfile"} {
		require.Empty(t, recorded.OfType(token))
	}
	for _, each := range recorded.OfType(serviceType) {
		require.Equal(t, "FARGATE", each.Input("capacityProviderStrategies").([]any)[0].(map[string]any)["capacityProvider"])
	}
}

// container is the container definition of a task definition's one container.
func container(t *testing.T, recorded *recording.Recorder, task string) map[string]any {
	t.Helper()
	var definitions []map[string]any
	text := recorded.One(t, taskType, task).Input("containerDefinitions").(string)
	require.NoError(t, json.Unmarshal([]byte(text), &definitions))
	require.Len(t, definitions, 1)
	return definitions[0]
}

// plainText is everything in properties that is not marked secret.
func plainText(properties resource.PropertyMap) string {
	return fmt.Sprint(resource.NewObjectProperty(properties).MapRepl(nil, func(v resource.PropertyValue) (any, bool) {
		return "[secret]", v.IsSecret()
	}))
}

func keysOf[T any](m map[string]T) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
