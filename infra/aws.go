package infra

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"botyard/infra/rollout"
)

// newRunner makes the runner that talks to the same AWS as the provider: it reads the provider's
// own settings (aws:region, aws:endpoints and so on) rather than having settings of its own.
func newRunner(ctx *pulumi.Context) (*rollout.Runner, error) {
	settings := config.New(ctx, "aws")
	access := rollout.Access{
		Region: settings.Get("region"), Profile: settings.Get("profile"),
		AccessKey: settings.Get("accessKey"), SecretKey: settings.Get("secretKey"), Token: settings.Get("token"),
		Endpoints: map[string]string{},
	}
	var endpoints []map[string]string
	if err := settings.GetObject("endpoints", &endpoints); err != nil {
		return nil, fmt.Errorf("aws:endpoints: %w; it must be a list of maps from a service's name to its URL", err)
	}
	for _, each := range endpoints {
		for service, url := range each {
			access.Endpoints[service] = url
		}
	}
	var role struct {
		RoleArn string `json:"roleArn"`
	}
	if err := settings.GetObject("assumeRole", &role); err != nil {
		return nil, fmt.Errorf("aws:assumeRole: %w; it must be a map with roleArn", err)
	}
	access.RoleARN = role.RoleArn
	// Not the context of the resource graph: a rollout that is being awaited must be able to
	// say how it ended after another resource has failed.
	runner, err := rollout.Connect(context.WithoutCancel(ctx.Context()), access)
	if err != nil {
		return nil, err
	}
	runner.Progress = func(line string) {
		// The engine has gone when this fails; the rollout's own error says more.
		_ = ctx.Log.Info(line, &pulumi.LogArgs{Ephemeral: false})
	}
	return runner, nil
}
