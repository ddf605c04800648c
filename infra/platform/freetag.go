package platform

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// freeTagHook is the hook's name in Pulumi's state.
const freeTagHook = "botyard:free-tag"

// freeTag frees the tag of an image just before it is built. A tag is a hash of what an image is made of, and ECR takes each
// once: so content that was built before, by a commit that is reverted or an update that was cut off before it could save its
// state, would be built and then refused, since no two builds are the same to the byte. A preview builds nothing.
func freeTag(ctx *pulumi.Context, runner Runner) (pulumi.ResourceOption, error) {
	hook, err := registerHook(ctx, freeTagHook, func(args *pulumi.ResourceHookArgs) error {
		return runner.FreeTag(ctx.Context(), args.NewInputs["imageName"].StringValue())
	}, nil)
	if hook == nil {
		return pulumi.Composite(), err
	}
	hooks := []*pulumi.ResourceHook{hook}
	return pulumi.ResourceHooks(&pulumi.ResourceHookBinding{BeforeCreate: hooks, BeforeUpdate: hooks}), err
}
