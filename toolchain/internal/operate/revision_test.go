package operate

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheRevisionDiffersInTheSourceAlone(t *testing.T) {
	healthy := &types.HealthCheck{Command: []string{"CMD", "/warden", "--healthy"}}
	d := types.TaskDefinition{
		Family: aws.String("botyard-local-bot"), Cpu: aws.String("256"), NetworkMode: "bridge", TaskRoleArn: aws.String("arn:role"),
		Volumes: []types.Volume{{Name: aws.String("data")}},
		ContainerDefinitions: []types.ContainerDefinition{
			{Name: aws.String("side"), HealthCheck: healthy},
			{
				Name: aws.String("bot"), HealthCheck: healthy, Image: aws.String("bot@sha256:1"), MountPoints: []types.MountPoint{{SourceVolume: aws.String("data")}},
				Environment: []types.KeyValuePair{{Name: aws.String("WARDEN_TABLE"), Value: aws.String("leases")}},
			},
		},
	}
	before, err := json.Marshal(d)
	require.NoError(t, err)
	in, err := fromSource(d, nil, "bot", botMount)
	require.NoError(t, err)
	after, err := json.Marshal(d)
	require.NoError(t, err)
	assert.JSONEq(t, string(before), string(after), "what was read stays as it was")

	bot := in.ContainerDefinitions[1]
	assert.Equal(t, types.Volume{Name: aws.String("botyard-dev-source"), Host: &types.HostVolumeProperties{SourcePath: aws.String("/clone/images/bot")}}, in.Volumes[1])
	assert.Equal(t, types.MountPoint{SourceVolume: aws.String("botyard-dev-source"), ContainerPath: aws.String("/app"), ReadOnly: aws.Bool(true)}, bot.MountPoints[1])
	assert.Equal(t, []types.KeyValuePair{
		{Name: aws.String("WARDEN_TABLE"), Value: aws.String("leases")}, {Name: aws.String("WARDEN_WATCH"), Value: aws.String("/app")},
		{Name: aws.String("WARDEN_WATCH_IGNORE"), Value: aws.String("Dockerfile:tests")},
	}, bot.Environment)
	assert.Nil(t, bot.HealthCheck)
	assert.Equal(t, healthy, in.ContainerDefinitions[0].HealthCheck)
	in.Volumes = in.Volumes[:1]
	in.ContainerDefinitions[1] = d.ContainerDefinitions[1]
	assert.Equal(t, registration(d, nil), in, "all else")

	_, err = fromSource(types.TaskDefinition{ContainerDefinitions: []types.ContainerDefinition{{Name: aws.String("x")}}}, nil, "bot", botMount)
	assert.EqualError(t, err, `the image of bot does not start with the warden, which restarts a service after an edit; right would be an image that uses the layer warden (README.md, "Bring your own bot")`)
	d.ContainerDefinitions = []types.ContainerDefinition{bot}
	_, err = fromSource(d, nil, "bot", botMount)
	assert.EqualError(t, err, "bot runs from a source already, and no note says what ran before: right would be make down and make up, which begin anew")
	d.ContainerDefinitions[0].Environment = bot.Environment[:1]
	_, err = fromSource(d, nil, "api", botMount)
	assert.EqualError(t, err, "the task definition of api has no container of that name")
}

// TestNothingOfATaskDefinitionIsForgotten fails when ECS learns a setting that registration does not copy.
func TestNothingOfATaskDefinitionIsForgotten(t *testing.T) {
	var d types.TaskDefinition
	fill(reflect.ValueOf(&d).Elem())
	in := reflect.ValueOf(*registration(d, []types.Tag{{}}))
	for i := range in.NumField() {
		if field := in.Type().Field(i); field.IsExported() && field.Name != "InferenceAccelerators" { // which ECS no longer has
			assert.False(t, in.Field(i).IsZero(), field.Name)
		}
	}
}

// fill makes each field of a struct something that is not zero.
func fill(v reflect.Value) {
	for i := range v.NumField() {
		switch field := v.Field(i); {
		case !field.CanSet():
		case field.Kind() == reflect.Pointer:
			field.Set(reflect.New(field.Type().Elem()))
		case field.Kind() == reflect.Slice:
			field.Set(reflect.MakeSlice(field.Type(), 1, 1))
		case field.Kind() == reflect.String:
			field.SetString("x")
		}
	}
}
