package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/spf13/cobra"

	"botyard/toolchain/internal/drift"
	"botyard/toolchain/internal/outputs"
)

// events is the part of EventBridge that is used.
type events interface {
	PutEvents(context.Context, *eventbridge.PutEventsInput, ...func(*eventbridge.Options)) (*eventbridge.PutEventsOutput, error)
}

// announceDriftCommand puts the event that the alerts' channels hear of.
func announceDriftCommand() *cobra.Command {
	var file, project, stack, summary string
	cmd := &cobra.Command{
		Use: "announce-drift", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, err := outputs.Read(file)
			if err != nil {
				return err
			}
			access, err := config.LoadDefaultConfig(cmd.Context(), config.WithRegion(out.Region))
			if err != nil {
				return fmt.Errorf("cannot set up access to AWS: %w", err)
			}
			return announceDrift(cmd.Context(), eventbridge.NewFromConfig(access), project, stack, summary)
		},
	}
	cmd.Flags().StringVar(&file, "outputs", "", "file with the stack's outputs")
	cmd.Flags().StringVar(&project, "project", "", "the project's name")
	cmd.Flags().StringVar(&stack, "stack", "local", "the stack's name")
	cmd.Flags().StringVar(&summary, "summary", "", "what differs")
	return cmd
}

func announceDrift(ctx context.Context, client events, project, stack, summary string) error {
	detail, err := drift.Detail(project, stack, summary)
	if err != nil {
		return err
	}
	out, err := client.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{{
		Source: aws.String(drift.Source), DetailType: aws.String(drift.DetailType), Detail: &detail,
	}}})
	if err != nil {
		return fmt.Errorf("the drift cannot be announced: %w", err)
	}
	if out.FailedEntryCount > 0 {
		return fmt.Errorf("the drift cannot be announced: %s: %s", aws.ToString(out.Entries[0].ErrorCode), aws.ToString(out.Entries[0].ErrorMessage))
	}
	return nil
}
