package platform

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// maxPattern is how long an event pattern may be, in characters. Source: Amazon EventBridge User Guide, "Amazon EventBridge
	// quotas", Event pattern size.
	maxPattern = 2048
	// secretsOfARule keeps a pattern below that, with ARNs of up to 170 characters.
	secretsOfARule = 10
	// ownVersion begins the ids of the versions that make secret makes (toolchain/internal/secrets), which restarts by itself.
	ownVersion = "botyard-"
)

// newValue is the pattern of the events that tell of a new value of one of the secrets or SSM parameters.
//
// Secrets Manager tells by itself, without CloudTrail, when AWSCURRENT has moved to another version: by a value from the
// console, by a rotation at its end (its AWSPENDING is not told), or back. Parameter Store tells what was done; a parameter
// that was deleted and made anew has a new value, too. Neither tells of a call that failed, and both tell best effort.
// Sources: AWS Secrets Manager User Guide, "Secret Label Updated event"; AWS Systems Manager User Guide, "Setting up
// notifications or trigger actions based on Parameter Store events".
func newValue(secrets pulumi.StringArray) pulumi.StringOutput {
	return secrets.ToStringArrayOutput().ApplyT(func(arns []string) (string, error) {
		resources := slices.Compact(slices.Sorted(slices.Values(arns)))
		pattern, err := canonical(map[string]any{
			"source": []string{"aws.secretsmanager", "aws.ssm"}, "detail-type": []string{"Parameter Store Change", "Secret Label Updated"},
			"resources": resources,
			"detail": map[string]any{"$or": []any{
				map[string]any{"labelUpdated": []string{"AWSCURRENT"}, "versionId": []any{map[string]any{"anything-but": map[string]any{"prefix": ownVersion}}}},
				map[string]any{"operation": []string{"Create", "Update"}},
			}},
		})
		if len(pattern) > maxPattern {
			return "", fmt.Errorf("the event pattern for its secrets %v has %d characters, and EventBridge takes %d; right would be secrets with shorter names", resources, len(pattern), maxPattern)
		}
		return pattern, err
	}).(pulumi.StringOutput)
}
