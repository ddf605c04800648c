package platform

import (
	"context"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// recoveryDays is how long a deleted secret can be brought back.
const recoveryDays = 7

// Secret is one that services refer to by name. Its value is set outside: it never passes
// through this program, its state or its logs.
type Secret struct {
	Name, Description string
	// Arn names an existing secret or SSM parameter; empty declares a Secrets Manager secret.
	Arn string
}

// SecretsArgs describes the stack's secrets.
type SecretsArgs struct {
	Secrets []Secret
	Runner  Runner
	Names   Namer
}

// Secrets is the stack's secrets by name.
type Secrets struct {
	pulumi.ResourceState

	// ARNs are the ARNs by name.
	ARNs map[string]pulumi.StringOutput
	// Present are the ARNs once the secret has a value: what a service that uses it waits for.
	Present map[string]pulumi.StringOutput
}

// NewSecrets declares the secrets.
func NewSecrets(ctx *pulumi.Context, name string, args *SecretsArgs, opts ...pulumi.ResourceOption) (*Secrets, error) {
	s := &Secrets{ARNs: map[string]pulumi.StringOutput{}, Present: map[string]pulumi.StringOutput{}}
	return s, build(ctx, "Secrets", name, s, opts, func(child pulumi.ResourceOption) error {
		for _, secret := range args.Secrets {
			if err := s.declare(ctx, secret, args, child); err != nil {
				return fmt.Errorf("secret %s: %w", secret.Name, err)
			}
		}
		return nil
	})
}

func (s *Secrets) outputs() pulumi.Map {
	arns := pulumi.Map{}
	for name, arn := range s.ARNs {
		arns[name] = arn
	}
	return pulumi.Map{"arns": arns}
}

func (s *Secrets) declare(ctx *pulumi.Context, secret Secret, args *SecretsArgs, child pulumi.ResourceOption) error {
	s.ARNs[secret.Name] = pulumi.String(secret.Arn).ToStringOutput()
	if secret.Arn == "" {
		declared, err := newSecret(ctx, secret.Name, secret.Description, args.Names, child)
		if err != nil {
			return err
		}
		s.ARNs[secret.Name] = declared.Arn
	}
	s.Present[secret.Name] = present(ctx, args.Runner, s.ARNs[secret.Name])
	return nil
}

// newSecret declares an empty secret. Deleting it can be undone for recoveryDays, which also
// keeps its name taken for as long.
func newSecret(ctx *pulumi.Context, name, description string, names Namer, child pulumi.ResourceOption) (*secretsmanager.Secret, error) {
	return secretsmanager.NewSecret(ctx, name, &secretsmanager.SecretArgs{
		Name:                 pulumi.String(names.Path(name)),
		Description:          pulumi.String(description),
		RecoveryWindowInDays: pulumi.Int(recoveryDays),
	}, child)
}

// present passes a secret's ARN on once it has a value. An SSM parameter cannot be without one. A preview only warns: whoever
// reviews it may set the value before the update.
func present(ctx *pulumi.Context, runner Runner, arn pulumi.StringOutput) pulumi.StringOutput {
	return arn.ApplyTWithContext(ctx.Context(), func(c context.Context, arn string) (string, error) {
		if isParameter(arn) {
			return arn, nil
		}
		err := runner.RequireValue(c, arn)
		if ctx.DryRun() && err != nil {
			return arn, ctx.Log.Warn(err.Error(), nil)
		}
		return arn, err
	}).(pulumi.StringOutput)
}

// isParameter tells an SSM parameter's ARN from a secret's.
func isParameter(arn string) bool { return strings.Contains(arn, ":ssm:") }
