package platform

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// registerHook registers a resource hook; nil under the SDK's mock engine, which panics at one. tests/e2e has a real engine.
func registerHook(ctx *pulumi.Context, name string, do pulumi.ResourceHookFunction, opts *pulumi.ResourceHookOptions) (*pulumi.ResourceHook, error) {
	if ctx.RunningWithMocks() {
		return nil, nil
	}
	return ctx.RegisterResourceHook(name, do, opts)
}
