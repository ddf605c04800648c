package rollout

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// RequireValue returns an error that says how to set the secret when it has no current value:
// ECS would otherwise refuse each task with a ResourceInitializationError, minutes later.
// Only the secret's description is read, never its value.
func (r *Runner) RequireValue(ctx context.Context, arn string) error {
	out, err := r.Secrets.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: aws.String(arn)})
	if err != nil {
		return fmt.Errorf("secret %s: %w", arn, err)
	}
	for _, stages := range out.VersionIdsToStages {
		if slices.Contains(stages, "AWSCURRENT") {
			return nil
		}
	}
	name := aws.ToString(out.Name)
	return fmt.Errorf("secret %s has no value yet, so no service that uses it is touched; set it with\n"+
		"  make secret NAME=%s STACK=<stack>\n"+
		"or aws secretsmanager put-secret-value --secret-id %s --secret-string file:///dev/stdin, and run the update again", name, lastPart(name), name)
}
