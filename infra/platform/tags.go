package platform

import (
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// TagEverything lays tags on each resource of ctx's stack that has a Tags argument of the
// usual shape (a map); a resource's own tags win. Hosts and launch templates, whose tags are
// lists, take theirs as arguments.
func TagEverything(ctx *pulumi.Context, tags map[string]string) error {
	return ctx.RegisterStackTransformation(func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
		props := reflect.Indirect(reflect.ValueOf(args.Props))
		if props.Kind() != reflect.Struct {
			return nil
		}
		field := props.FieldByName("Tags")
		if !field.IsValid() || !field.CanSet() || field.Type() != reflect.TypeFor[pulumi.StringMapInput]() {
			return nil
		}
		merged := pulumi.StringMap{}
		for k, v := range tags {
			merged[k] = pulumi.String(v)
		}
		if own, ok := field.Interface().(pulumi.StringMap); ok {
			for k, v := range own {
				merged[k] = v
			}
		}
		field.Set(reflect.ValueOf(merged))
		return &pulumi.ResourceTransformationResult{Props: args.Props, Opts: args.Opts}
	})
}
