package secrets

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"botyard/toolchain/internal/operate"
	"botyard/toolchain/internal/outputs"
)

const (
	tokenARN     = "arn:aws:secretsmanager:us-east-1:1:secret:botyard/prod/discord-token-AbCdEf"
	parameterARN = "arn:aws:ssm:us-east-1:1:parameter/team/discord"
)

var setAt = time.Date(2026, 11, 20, 14, 3, 0, 0, time.UTC)

// account is an AWS that notes each call with all that it was sent.
type account struct {
	calls   []string
	value   *string // of the secret
	param   ssmtypes.Parameter
	refuse  error // what putting a value answers
	revert  bool  // ECS gives deployments up
	desired int32
	forced  map[string]bool
}

func (a *account) note(call string, input any) {
	text, _ := json.Marshal(input)
	a.calls = append(a.calls, call+" "+string(text))
}

// changes are the calls that change something, by name and, of services, which.
func (a *account) changes() (all []string) {
	for _, call := range a.calls {
		name, rest, _ := strings.Cut(call, " ")
		switch {
		case name == "UpdateService":
			var in struct{ Service string }
			_ = json.Unmarshal([]byte(rest), &in)
			all = append(all, name+" "+in.Service)
		case strings.HasPrefix(name, "Put"):
			all = append(all, name)
		}
	}
	return all
}

func (a *account) GetSecretValue(_ context.Context, in *secretsmanager.GetSecretValueInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	a.note("GetSecretValue", in)
	if a.value == nil {
		return nil, &types.ResourceNotFoundException{}
	}
	return &secretsmanager.GetSecretValueOutput{SecretString: a.value, VersionId: aws.String("0ld01234-5"), CreatedDate: &setAt}, nil
}

func (a *account) ListSecretVersionIds(_ context.Context, in *secretsmanager.ListSecretVersionIdsInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.ListSecretVersionIdsOutput, error) {
	a.note("ListSecretVersionIds", in)
	entry := types.SecretVersionsListEntry{VersionId: aws.String("0ld01234-5"), CreatedDate: &setAt, VersionStages: []string{"AWSCURRENT"}}
	switch {
	case a.value == nil || *in.SecretId != tokenARN:
		return &secretsmanager.ListSecretVersionIdsOutput{}, nil
	case in.NextToken == nil:
		before := types.SecretVersionsListEntry{VersionId: aws.String("before"), VersionStages: []string{"AWSPREVIOUS"}}
		return &secretsmanager.ListSecretVersionIdsOutput{Versions: []types.SecretVersionsListEntry{before}, NextToken: aws.String("more")}, nil
	}
	return &secretsmanager.ListSecretVersionIdsOutput{Versions: []types.SecretVersionsListEntry{entry}}, nil
}

func (a *account) PutSecretValue(_ context.Context, in *secretsmanager.PutSecretValueInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.PutSecretValueOutput, error) {
	a.note("PutSecretValue", in)
	if a.refuse != nil {
		return nil, a.refuse
	}
	return &secretsmanager.PutSecretValueOutput{VersionId: aws.String("botyard-abcd1234-0000-4000-8000-000000000000")}, nil
}

func (a *account) GetParameter(_ context.Context, in *ssm.GetParameterInput, _ ...func(*ssm.Options)) (*ssm.GetParameterOutput, error) {
	a.note("GetParameter", in)
	found := a.param
	if !*in.WithDecryption {
		found.Value = aws.String("ciphertext")
	}
	return &ssm.GetParameterOutput{Parameter: &found}, nil
}

func (a *account) DescribeParameters(_ context.Context, in *ssm.DescribeParametersInput, _ ...func(*ssm.Options)) (*ssm.DescribeParametersOutput, error) {
	a.note("DescribeParameters", in)
	return &ssm.DescribeParametersOutput{Parameters: []ssmtypes.ParameterMetadata{{KeyId: aws.String("alias/team"), Tier: ssmtypes.ParameterTierAdvanced}}}, nil
}

func (a *account) PutParameter(_ context.Context, in *ssm.PutParameterInput, _ ...func(*ssm.Options)) (*ssm.PutParameterOutput, error) {
	a.note("PutParameter", in)
	if a.refuse != nil {
		return nil, a.refuse
	}
	return &ssm.PutParameterOutput{Version: 8}, nil
}

// fleetOf is an ECS whose deployments are over at once.
type fleetOf struct {
	operate.ECS
	*account
}

func (f fleetOf) DescribeServices(_ context.Context, in *ecs.DescribeServicesInput, _ ...func(*ecs.Options)) (*ecs.DescribeServicesOutput, error) {
	f.note("DescribeServices", in)
	out := &ecs.DescribeServicesOutput{}
	for _, arn := range in.Services {
		name := strings.TrimPrefix(arn, "arn:service/")
		out.Services = append(out.Services, ecstypes.Service{
			ServiceArn: &arn, ServiceName: &name, TaskDefinition: aws.String(strings.TrimSuffix(name, "-standby")), DesiredCount: f.desired, RunningCount: f.desired,
			Deployments: f.deployments(arn),
		})
	}
	return out, nil
}

// ruled is a fleetOf in which the stack's rules restart a service as soon as a parameter has a new value.
type ruled struct{ fleetOf }

func (r ruled) DescribeServices(ctx context.Context, in *ecs.DescribeServicesInput, options ...func(*ecs.Options)) (*ecs.DescribeServicesOutput, error) {
	out, err := r.fleetOf.DescribeServices(ctx, in, options...)
	for i := range out.Services {
		if slices.Contains(r.changes(), "PutParameter") {
			out.Services[i].Deployments[0].Id = aws.String("the rule's")
		}
	}
	return out, err
}

func (f fleetOf) deployments(arn string) []ecstypes.Deployment {
	d := ecstypes.Deployment{Id: aws.String("new"), Status: aws.String("PRIMARY"), RolloutState: "COMPLETED"}
	if f.revert && f.forced[arn] && arn != "arn:service/bot-standby" {
		d.RolloutState, d.RolloutStateReason = "FAILED", aws.String("tasks failed to start.")
	}
	return []ecstypes.Deployment{d}
}

func (f fleetOf) UpdateService(_ context.Context, in *ecs.UpdateServiceInput, _ ...func(*ecs.Options)) (*ecs.UpdateServiceOutput, error) {
	f.note("UpdateService", in)
	f.forced[*in.Service] = true
	return &ecs.UpdateServiceOutput{Service: &ecstypes.Service{Deployments: f.deployments(*in.Service)}}, nil
}

func (f fleetOf) DescribeTaskDefinition(_ context.Context, in *ecs.DescribeTaskDefinitionInput, _ ...func(*ecs.Options)) (*ecs.DescribeTaskDefinitionOutput, error) {
	f.note("DescribeTaskDefinition", in)
	from := map[string]string{"bot": tokenARN, "member-listener": tokenARN, "api": parameterARN}[*in.TaskDefinition]
	return &ecs.DescribeTaskDefinitionOutput{TaskDefinition: &ecstypes.TaskDefinition{ContainerDefinitions: []ecstypes.ContainerDefinition{
		{Secrets: []ecstypes.Secret{{ValueFrom: &from}}},
	}}}, nil
}

func (f fleetOf) GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	return nil, errors.New("no singleton is here")
}

// yard is a stack in the account, and all that it prints.
func yard(a *account) (Yard, *bytes.Buffer, *bytes.Buffer) {
	var out, progress bytes.Buffer
	a.desired, a.forced = 1, map[string]bool{}
	f := fleetOf{account: a}
	return Yard{
		Clients: Clients{Manager: a, Parameters: a}, Out: &out, Alerts: []string{"slack"},
		ARNs: map[string]string{"discord-token": tokenARN, "team": parameterARN, "slack": "arn:secret:slack", "spare": "arn:secret:spare"},
		Fleet: operate.Fleet{Stack: "prod", ECS: f, Leases: f, Progress: &progress, Out: outputs.Outputs{
			ClusterArn:  "arn:cluster/prod",
			ServiceArns: map[string]string{"bot": "arn:service/bot", "member-listener": "arn:service/member-listener", "api": "arn:service/api"},
			StandbyArns: map[string]string{"bot": "arn:service/bot-standby"},
		}},
	}, &out, &progress
}

// canary is a value that must never be seen.
const canary = "c4n4ry-\"quoted\"-v4lue"

// hides looks for the canary in all that was printed or failed, and in every call but the one that sets it.
func hides(t *testing.T, a *account, put string, printed ...string) {
	t.Helper()
	sent := 0
	for _, call := range a.calls {
		if name, _, _ := strings.Cut(call, " "); !strings.Contains(call, "c4n4ry") {
			continue
		} else if name == put {
			sent++
		} else {
			t.Errorf("the value is in a call of %s", name)
		}
	}
	if sent != 1 {
		t.Errorf("the value was sent %d times, once was expected", sent)
	}
	if slices.ContainsFunc(printed, func(text string) bool { return strings.Contains(text, "c4n4ry") }) {
		t.Error("the value was printed")
	}
}
