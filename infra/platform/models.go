package platform

import (
	"context"
	"errors"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/rollout"
)

// ModelsBucketName names the bucket: bucket names are unique among all accounts.
func ModelsBucketName(names Namer, account string) string { return names.Name(63, "models", account) }

// ModelsArgs describes the bucket with the stack's models.
type ModelsArgs struct {
	Names     Namer
	AccountID string
	Runner    Runner
	// Protect lets S3 refuse the bucket's deletion while there is a version in it; without it all go with the bucket. Guard
	// refuses it by Pulumi. Optional.
	Protect bool
	Guard   *Guard
}

// Models is the S3 bucket with the stack's models, one object a model, in versions. make model uploads them; the wardens of
// services fetch them.
type Models struct {
	pulumi.ResourceState

	// Bucket is its name, known once it is closed and keeps versions.
	Bucket pulumi.StringOutput
	Arn    pulumi.StringOutput

	runner Runner
	stack  string
	found  map[string]pulumi.Output // "name version" → rollout.Model
}

// NewModels declares the bucket.
func NewModels(ctx *pulumi.Context, name string, args *ModelsArgs, opts ...pulumi.ResourceOption) (*Models, error) {
	m := &Models{runner: args.Runner, stack: args.Names.Stack, found: map[string]pulumi.Output{}}
	return m, build(ctx, "Models", name, m, opts, func(child pulumi.ResourceOption) error {
		return m.declare(ctx, name, args, child)
	})
}

func (m *Models) outputs() pulumi.Map { return pulumi.Map{"bucket": m.Bucket} }

func (m *Models) declare(ctx *pulumi.Context, name string, args *ModelsArgs, child pulumi.ResourceOption) error {
	bucket, err := s3.NewBucketV2(ctx, name, &s3.BucketV2Args{
		Bucket:       pulumi.String(ModelsBucketName(args.Names, args.AccountID)),
		ForceDestroy: pulumi.Bool(!args.Protect),
	}, child, args.Guard.Option(name))
	if err != nil {
		return err
	}
	closed, err := closeBucket(ctx, name, bucket, child)
	if err != nil {
		return err
	}
	versioning, err := s3.NewBucketVersioningV2(ctx, name, &s3.BucketVersioningV2Args{
		Bucket:                  bucket.Bucket,
		VersioningConfiguration: s3.BucketVersioningV2VersioningConfigurationArgs{Status: pulumi.String("Enabled")},
	}, child)
	if err != nil {
		return err
	}
	err = expireModels(ctx, name, bucket, child, pulumi.DependsOn([]pulumi.Resource{versioning}))
	ready := []any{bucket.Bucket, versioning.ID()}
	for _, each := range closed {
		ready = append(ready, each.ID())
	}
	m.Arn = bucket.Arn
	m.Bucket = pulumi.All(ready...).ApplyT(func(all []any) string { return all[0].(string) }).(pulumi.StringOutput)
	return err
}

// Find passes a version of a model on once the bucket is there; version is an id, or empty for the newest, which is the same
// one for all services of an update. A preview of a version that is not there yet shows it without its checksum.
func (m *Models) Find(ctx *pulumi.Context, name, version string) pulumi.Output {
	key := name + " " + version
	if found, ok := m.found[key]; ok {
		return found
	}
	m.found[key] = m.Bucket.ApplyTWithContext(ctx.Context(), func(c context.Context, bucket string) (rollout.Model, error) {
		model, err := m.runner.FindModel(c, rollout.ModelQuery{Bucket: bucket, Name: name, Version: version, Stack: m.stack})
		switch {
		case ctx.DryRun() && errors.Is(err, rollout.ErrNoModel):
			return rollout.Model{Name: name, Version: version}, nil
		case err != nil || ctx.DryRun():
			return model, err
		}
		return model, m.runner.KeepModel(c, bucket, model)
	})
	return m.found[key]
}
