package secrets

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// Manager is the part of Secrets Manager that is used.
type Manager interface {
	GetSecretValue(context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error)
	ListSecretVersionIds(context.Context, *secretsmanager.ListSecretVersionIdsInput, ...func(*secretsmanager.Options)) (*secretsmanager.ListSecretVersionIdsOutput, error)
	PutSecretValue(context.Context, *secretsmanager.PutSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.PutSecretValueOutput, error)
}

// managed is a secret of Secrets Manager.
type managed struct {
	api Manager
	id  string // ARN or name
}

func (m managed) current(ctx context.Context) (State, string, error) {
	out, err := m.api.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &m.id})
	var none *types.ResourceNotFoundException
	if errors.As(err, &none) { // no value yet, or no secret: to put one will tell
		return State{}, "", nil
	}
	if err != nil {
		return State{}, "", fmt.Errorf("cannot read its current value: %w", err)
	}
	return State{Set: true, Version: aws.ToString(out.VersionId), At: aws.ToTime(out.CreatedDate)}, aws.ToString(out.SecretString), nil
}

func (m managed) state(ctx context.Context) (State, error) {
	in := &secretsmanager.ListSecretVersionIdsInput{SecretId: &m.id}
	for {
		out, err := m.api.ListSecretVersionIds(ctx, in)
		if err != nil {
			return State{}, fmt.Errorf("cannot list its versions: %w", err)
		}
		for _, version := range out.Versions {
			if slices.Contains(version.VersionStages, "AWSCURRENT") {
				return State{Set: true, Version: aws.ToString(version.VersionId), At: aws.ToTime(version.CreatedDate)}, nil
			}
		}
		if in.NextToken = out.NextToken; aws.ToString(in.NextToken) == "" {
			return State{}, nil
		}
	}
}

// ownVersion begins the ids of the versions that are made here. The stack's rules restart a service on a new value, but not
// on one of these (infra/platform/rotationevents.go): who sets it restarts, too, or was told not to.
const ownVersion = "botyard-"

// put sends a token along, which becomes the version's id: so a call which the SDK repeats makes one version.
// Source: AWS Secrets Manager API Reference, PutSecretValue, "ClientRequestToken" (32 to 64 characters).
func (m managed) put(ctx context.Context, value string) (string, error) {
	token := ownVersion + uuid()
	out, err := m.api.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: &m.id, SecretString: &value, ClientRequestToken: &token})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.VersionId), nil
}

func (m managed) noted(version string) string { return "version " + shortened(version) }

func (m managed) unasked() bool { return false }

// shortened is the first part of a version's UUID.
func shortened(version string) string {
	const shown = 8
	version = strings.TrimPrefix(version, ownVersion)
	return version[:min(shown, len(version))]
}

// uuid is a random one, of version 4 (RFC 9562).
func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
}
