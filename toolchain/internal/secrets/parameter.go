package secrets

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// Parameters is the part of SSM that is used.
type Parameters interface {
	GetParameter(context.Context, *ssm.GetParameterInput, ...func(*ssm.Options)) (*ssm.GetParameterOutput, error)
	DescribeParameters(context.Context, *ssm.DescribeParametersInput, ...func(*ssm.Options)) (*ssm.DescribeParametersOutput, error)
	PutParameter(context.Context, *ssm.PutParameterInput, ...func(*ssm.Options)) (*ssm.PutParameterOutput, error)
}

// parameter is an SSM parameter, which somebody else has made.
type parameter struct {
	api Parameters
	arn string
}

func (p parameter) get(ctx context.Context, decrypted bool) (*types.Parameter, error) {
	out, err := p.api.GetParameter(ctx, &ssm.GetParameterInput{Name: &p.arn, WithDecryption: &decrypted})
	if err != nil {
		return nil, fmt.Errorf("cannot read the SSM parameter %s: %w", p.arn, err)
	}
	return out.Parameter, nil
}

func (p parameter) current(ctx context.Context) (State, string, error) {
	found, err := p.get(ctx, true)
	if err != nil {
		return State{}, "", err
	}
	return told(found), aws.ToString(found.Value), nil
}

func (p parameter) state(ctx context.Context) (State, error) {
	found, err := p.get(ctx, false)
	if err != nil {
		return State{}, err
	}
	return told(found), nil
}

func told(p *types.Parameter) State {
	return State{Set: true, Version: strconv.FormatInt(p.Version, 10), At: aws.ToTime(p.LastModifiedDate)}
}

// put keeps the parameter's key and tier: without a key, the account's own would take its place.
func (p parameter) put(ctx context.Context, value string) (string, error) {
	found, err := p.get(ctx, false)
	if err != nil {
		return "", err
	}
	if found.Type != types.ParameterTypeSecureString {
		return "", fmt.Errorf("the SSM parameter %s is a %s, which anybody may read who may list it; right would be a SecureString, whose type cannot be changed later", p.arn, found.Type)
	}
	name := nameOf(aws.ToString(found.Name))
	described, err := p.api.DescribeParameters(ctx, &ssm.DescribeParametersInput{
		ParameterFilters: []types.ParameterStringFilter{{Key: aws.String("Name"), Option: aws.String("Equals"), Values: []string{name}}},
	})
	if err != nil {
		return "", fmt.Errorf("cannot ask which key the SSM parameter %s has: %w", p.arn, err)
	}
	if len(described.Parameters) != 1 {
		return "", fmt.Errorf("cannot ask which key the SSM parameter %s has: SSM knows %d of the name %s", p.arn, len(described.Parameters), name)
	}
	out, err := p.api.PutParameter(ctx, &ssm.PutParameterInput{
		Name: &name, Value: &value, Type: types.ParameterTypeSecureString, Overwrite: aws.Bool(true),
		KeyId: described.Parameters[0].KeyId, Tier: described.Parameters[0].Tier,
	})
	if err != nil {
		return "", err
	}
	return strconv.FormatInt(out.Version, 10), nil
}

func (p parameter) noted(version string) string { return "SSM parameter, version " + version }

// unasked is true: the event of a parameter's new value does not tell who has set it.
// Source: AWS Systems Manager User Guide, "Amazon EventBridge event examples for Systems Manager".
func (p parameter) unasked() bool { return true }

// nameOf is a parameter's name: of one that was asked for by its ARN, SSM may answer with that. A name with levels begins
// with a slash. Source: AWS Systems Manager API Reference, PutParameter, "Name".
func nameOf(name string) string {
	_, rest, isARN := strings.Cut(name, ":parameter/")
	switch {
	case !isARN:
		return name
	case strings.Contains(rest, "/"):
		return "/" + rest
	}
	return rest
}
