package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/spf13/cobra"

	"botyard/toolchain/internal/models"
	"botyard/toolchain/internal/operate"
	"botyard/toolchain/internal/outputs"
)

// uploadTries are those of each request: a part that does not get through is sent again for some minutes.
const uploadTries = 10

// modelOptions are the flags of both commands for models.
type modelOptions struct {
	file, stack, region, project string
	names, takes                 []string
}

func (o *modelOptions) flags(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().StringVar(&o.file, "outputs", "", "file with the stack's outputs; empty before the first update has ended")
	cmd.Flags().StringVar(&o.stack, "stack", "local", "the stack's name")
	cmd.Flags().StringVar(&o.project, "project", "", "the project's name")
	cmd.Flags().StringVar(&o.region, "region", "", "the AWS region, where the outputs do not tell it yet")
	cmd.Flags().StringArrayVar(&o.names, "declared", nil, "name of a model under botyard:models")
	cmd.Flags().StringArrayVar(&o.takes, "takes", nil, "model=service: a service that takes the model's newest version")
	return cmd
}

// modelCommand uploads a version of a model.
func modelCommand() *cobra.Command {
	var o modelOptions
	var name, path string
	cmd := o.flags(&cobra.Command{
		Use: "model", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stack := cmd.Context(), o.declared()
			if err := stack.Known(name); err != nil { // before anything is read
				return err
			}
			_, api, bucket, err := o.reach(ctx)
			if err != nil {
				return err
			}
			began, progress := time.Now(), cmd.ErrOrStderr()
			source, err := models.Open(ctx, path, func(total int64) models.Meter { return models.Reading(progress, total) })
			if err != nil {
				return err
			}
			defer source.Close()
			up := models.Uploader{API: api, Bucket: bucket, Meter: func(total int64) models.Meter { return models.Uploading(progress, total) }}
			done, err := up.Put(ctx, name, source)
			if err != nil {
				return fmt.Errorf("model %s: %w", name, stack.Explained(err))
			}
			_, err = io.WriteString(cmd.OutOrStdout(), stack.Report(name, source, done, time.Since(began)))
			return err
		},
	})
	cmd.Flags().StringVar(&name, "name", "", "name under botyard:models")
	cmd.Flags().StringVar(&path, "file", "", "the file")
	return cmd
}

// modelsCommand prints the table of models.
func modelsCommand() *cobra.Command {
	var o modelOptions
	var name string
	cmd := o.flags(&cobra.Command{
		Use: "models", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			fleet, api, bucket, err := o.reach(cmd.Context())
			if err != nil {
				return err
			}
			running, err := fleet.Environment(cmd.Context(), models.Variable)
			if err != nil {
				return err
			}
			return o.declared().Table(cmd.Context(), api, bucket, name, running, cmd.OutOrStdout())
		},
	})
	cmd.Flags().StringVar(&name, "name", "", "name of the model of which all versions are shown")
	return cmd
}

func (o modelOptions) declared() models.Stack {
	stack := models.Stack{Name: o.stack, Models: slices.Sorted(slices.Values(o.names)), Takes: map[string][]string{}}
	for _, take := range o.takes {
		model, service, _ := strings.Cut(take, "=")
		stack.Takes[model] = append(stack.Takes[model], service)
	}
	return stack
}

// reach finds the stack's services, S3 and the bucket, also before the stack's first update has ended.
func (o modelOptions) reach(ctx context.Context) (operate.Fleet, models.API, string, error) {
	out := outputs.Outputs{Region: o.region}
	if o.file != "" {
		read, err := outputs.Read(o.file)
		if err != nil && !errors.Is(err, outputs.ErrNotUp) {
			return operate.Fleet{}, nil, "", err
		}
		if err == nil {
			out = read
		}
	}
	fleet, access, err := fleetOf(ctx, out, o.stack, out.Region)
	if err != nil {
		return fleet, nil, "", err
	}
	access.Retryer = func() aws.Retryer { return retry.AddWithMaxAttempts(retry.NewStandard(), uploadTries) }
	api := s3.NewFromConfig(access, func(s *s3.Options) {
		s.UsePathStyle = os.Getenv("AWS_ENDPOINT_URL") != "" // the emulator has one name for all buckets
	})
	if out.ModelBucket != "" {
		return fleet, api, out.ModelBucket, nil
	}
	caller, err := sts.NewFromConfig(access).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return fleet, nil, "", fmt.Errorf("cannot ask which AWS account this is: %w", err)
	}
	return fleet, api, models.BucketName(o.project, o.stack, aws.ToString(caller.Account)), nil
}
