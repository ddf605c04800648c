package platform

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// guardHook is the hook's name in Pulumi's state: a resource that is no longer declared names it there, so it never changes.
const guardHook = "botyard:guard"

// GuardArgs describes what may be lost.
type GuardArgs struct {
	// Approvals are the physical ids that may be deleted or replaced, by the resource's name. A new resource has another id,
	// so that an approval holds for one update.
	Approvals map[string]string
	Runner    Runner
}

// Guard refuses to delete or replace what holds data, in preview and update, unless that is approved. Pulumi's own protection
// finds a replacement before anything is touched, but has no approval for one update: what it let go stays unprotected in the
// state until the next one. So an approval lifts it, and a hook looks at each deletion besides.
type Guard struct {
	ctx  *pulumi.Context
	args *GuardArgs
	hook *pulumi.ResourceHook
}

// NewGuard registers the hook. It has to be there even if nothing is declared with it: what is no longer declared is what it
// is for.
func NewGuard(ctx *pulumi.Context, args *GuardArgs) (*Guard, error) {
	g := &Guard{ctx: ctx, args: args}
	var err error
	g.hook, err = registerHook(ctx, guardHook, g.beforeDelete, &pulumi.ResourceHookOptions{OnDryRun: true})
	return g, err
}

// Option guards the resource of that name; a nil guard guards nothing.
func (g *Guard) Option(name string) pulumi.ResourceOption {
	if g == nil {
		return pulumi.Protect(false)
	}
	protect := pulumi.Protect(g.args.Approvals[name] == "")
	if g.hook == nil {
		return protect
	}
	return pulumi.Composite(protect, pulumi.ResourceHooks(&pulumi.ResourceHookBinding{BeforeDelete: []*pulumi.ResourceHook{g.hook}}))
}

func (g *Guard) beforeDelete(args *pulumi.ResourceHookArgs) error {
	if err := g.check(args.Type, args.Name, string(args.ID)); err != nil {
		return err
	}
	if g.ctx.DryRun() {
		return nil
	}
	return g.lift(args)
}

// lift takes away AWS's own protection of what may go, which would need an update of its own otherwise.
func (g *Guard) lift(args *pulumi.ResourceHookArgs) error {
	if args.Type != "aws:rds/instance:Instance" {
		return nil
	}
	identifier := args.OldOutputs["identifier"].StringValue()
	return g.args.Runner.UnprotectDatabase(g.ctx.Context(), identifier)
}

// check tells whether the loss of a resource is approved. The error says how to approve it.
func (g *Guard) check(typ tokens.Type, name, id string) error {
	approved, given := g.args.Approvals[name]
	if approved == id {
		return nil
	}
	why := "that nobody has approved"
	if given {
		why = fmt.Sprintf("botyard:approvals names %s, an earlier one: an approval is for one update", approved)
	}
	return fmt.Errorf("%s (%s, %s) would be deleted, and with it what it holds: %s. "+
		"If that is meant, back it up and set botyard:approvals: {%s: %s} in the stack's file (to remove it, in an update before the one that does); "+
		"else undo the change that leads to it",
		name, typ, id, why, name, id)
}
