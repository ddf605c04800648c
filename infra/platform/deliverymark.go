package platform

import (
	"reflect"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/autoscaling"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// mark is the tag by which the deploy role knows the stack's own among what AWS or Pulumi names at random.
type mark struct{ key, value string }

func (a *DeliveryArgs) mark() mark { return mark{a.Tag, a.Names.Name(256)} }

// markAndBound tags each resource that is declared from now on, and bounds each role: the deploy role makes no role that may
// do more than the boundary says.
func markAndBound(ctx *pulumi.Context, m mark, boundary pulumi.StringInput) error {
	return ctx.RegisterStackTransformation(func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
		switch props := args.Props.(type) {
		case *iam.RoleArgs:
			props.PermissionsBoundary = boundary.ToStringOutput().ToStringPtrOutput()
		case *autoscaling.GroupArgs: // its tags are a list
			tags, _ := props.Tags.(autoscaling.GroupTagArray)
			props.Tags = append(tags, autoscaling.GroupTagArgs{
				Key: pulumi.String(m.key), Value: pulumi.String(m.value), PropagateAtLaunch: pulumi.Bool(false),
			})
		}
		m.lay(args.Props)
		return &pulumi.ResourceTransformationResult{Props: args.Props, Opts: args.Opts}
	})
}

// lay adds the tag to the tags of a resource that has any of the usual shape.
func (m mark) lay(props any) {
	of := reflect.Indirect(reflect.ValueOf(props))
	if of.Kind() != reflect.Struct {
		return
	}
	field := of.FieldByName("Tags")
	if !field.IsValid() || !field.CanSet() || field.Type() != reflect.TypeFor[pulumi.StringMapInput]() {
		return
	}
	tags := pulumi.StringMap{m.key: pulumi.String(m.value)}
	if own, ok := field.Interface().(pulumi.StringMap); ok {
		for key, value := range own {
			tags[key] = value
		}
	}
	field.Set(reflect.ValueOf(tags))
}

// own holds a statement to what carries the mark; made to what gets it in the same request; and touched to what gets it and
// has no other stack's.
func (m mark) own(s statement) statement {
	return s.on("StringEquals", "aws:ResourceTag/"+m.key, m.value)
}

func (m mark) made(s statement) statement {
	return s.on("StringEquals", "aws:RequestTag/"+m.key, m.value)
}

func (m mark) touched(s statement) statement {
	return m.made(s).on("StringEqualsIfExists", "aws:ResourceTag/"+m.key, m.value)
}
