package rollout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// Deployment is what the stack tells of its own update, as an event of the default bus: source "botyard", detail type
// "Deployment". Who listens is declared with the stack.
type Deployment struct {
	Project string `json:"project"`
	Stack   string `json:"stack"`
	Who     string `json:"who"`
	// Result is succeeded or failed.
	Result string `json:"result"`
	// Summary is what has changed, or why it failed, in one line.
	Summary string `json:"summary"`
}

// maxSummary keeps a message below what chats take (Discord: 2,000 characters).
const maxSummary = 1500

// Announce puts the event.
func (r *Runner) Announce(ctx context.Context, d Deployment) error {
	d.Summary = oneLine(d.Summary)
	detail, err := json.Marshal(d)
	if err != nil {
		return err
	}
	out, err := r.Events.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{{
		Source: aws.String("botyard"), DetailType: aws.String("Deployment"), Detail: aws.String(string(detail)),
	}}})
	if err != nil {
		return fmt.Errorf("the deployment cannot be announced: %w", err)
	}
	if out.FailedEntryCount > 0 {
		return fmt.Errorf("the deployment cannot be announced: %s: %s", aws.ToString(out.Entries[0].ErrorCode), aws.ToString(out.Entries[0].ErrorMessage))
	}
	return nil
}

// oneLine leaves out what would break a message: EventBridge puts values into its JSON as they are.
func oneLine(text string) string {
	text = strings.NewReplacer("\n", "; ", "\r", "", "\t", " ", `"`, "'", `\`, "/").Replace(strings.TrimSpace(text))
	if runes := []rune(text); len(runes) > maxSummary {
		return string(runes[:maxSummary]) + "…"
	}
	return text
}

// Revision is what a service runs: a task definition and the digest in it.
type Revision struct{ TaskDefinition, Digest string }

// Revisions are those of the cluster's services that there are now, by name. A cluster or service that is not there is left
// out: it is about to be made.
func (r *Runner) Revisions(ctx context.Context, cluster string, services []string) (map[string]Revision, error) {
	found := map[string]Revision{}
	for _, name := range services {
		out, err := r.ECS.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: aws.String(cluster), Services: []string{name}})
		var missing *ecstypes.ClusterNotFoundException
		if errors.As(err, &missing) {
			return found, nil
		}
		if err != nil {
			return nil, fmt.Errorf("service %s: what runs now cannot be told: %w", name, err)
		}
		if len(out.Services) == 0 || aws.ToString(out.Services[0].Status) == "INACTIVE" {
			continue
		}
		arn := aws.ToString(out.Services[0].TaskDefinition)
		digest, err := r.digestIn(ctx, arn, name)
		if err != nil {
			return nil, err
		}
		found[name] = Revision{TaskDefinition: arn, Digest: digest}
	}
	return found, nil
}

// digestIn is the digest that a task definition's container of that name runs.
func (r *Runner) digestIn(ctx context.Context, taskDefinition, container string) (string, error) {
	out, err := r.ECS.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String(taskDefinition)})
	if err != nil {
		return "", fmt.Errorf("task definition %s: %w", lastPart(taskDefinition), err)
	}
	for _, c := range out.TaskDefinition.ContainerDefinitions {
		if aws.ToString(c.Name) == container {
			_, digest, _ := strings.Cut(aws.ToString(c.Image), "@")
			return digest, nil
		}
	}
	return "", nil
}

// Value is a secret's value: of a webhook's URL, which an API destination has to name, and of the token that a repository is
// read with.
func (r *Runner) Value(ctx context.Context, arn string) (string, error) {
	if err := r.RequireValue(ctx, arn); err != nil {
		return "", err
	}
	out, err := r.Secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: aws.String(arn)})
	if err != nil {
		return "", fmt.Errorf("secret %s: %w", arn, err)
	}
	return strings.TrimSpace(aws.ToString(out.SecretString)), nil
}
