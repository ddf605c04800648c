package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/spf13/cobra"

	"botyard/toolchain/internal/operate"
	"botyard/toolchain/internal/outputs"
)

// serviceOptions are the flags of what is done to one service.
type serviceOptions struct {
	file, stack, service string
}

func (o *serviceOptions) flags(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().StringVar(&o.file, "outputs", "", "file with the stack's outputs")
	cmd.Flags().StringVar(&o.stack, "stack", "local", "the stack's name")
	cmd.Flags().StringVar(&o.service, "service", "", "name of the service")
	return cmd
}

// fleet is the stack's services, and how AWS is reached.
func (o serviceOptions) fleet(ctx context.Context) (operate.Fleet, aws.Config, error) {
	out, err := outputs.Read(o.file)
	if err != nil {
		return operate.Fleet{}, aws.Config{}, err
	}
	return fleetOf(ctx, out, o.stack, out.Region)
}

func fleetOf(ctx context.Context, out outputs.Outputs, stack, region string) (operate.Fleet, aws.Config, error) {
	access, err := config.LoadDefaultConfig(ctx, config.WithRegion(region))
	if err != nil {
		return operate.Fleet{}, access, fmt.Errorf("cannot set up access to AWS: %w", err)
	}
	return operate.Fleet{Out: out, Stack: stack, ECS: ecs.NewFromConfig(access), Leases: dynamodb.NewFromConfig(access), Progress: os.Stderr}, access, nil
}

// restartCommand puts new tasks in the place of a service's.
func restartCommand() *cobra.Command {
	var o serviceOptions
	return o.flags(&cobra.Command{
		Use: "restart", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			fleet, _, err := o.fleet(cmd.Context())
			if err != nil {
				return err
			}
			done, err := fleet.Restart(cmd.Context(), o.service)
			for _, each := range done {
				fmt.Fprintf(cmd.OutOrStdout(), "%s: restarted in %.0f s\n", each.Name, each.Took.Seconds())
			}
			return err
		},
	})
}

// scaleCommand sets how many copies of a service run.
func scaleCommand() *cobra.Command {
	var o serviceOptions
	var replicas int
	cmd := o.flags(&cobra.Command{
		Use: "scale", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			fleet, _, err := o.fleet(cmd.Context())
			if err != nil {
				return err
			}
			done, err := fleet.Scale(cmd.Context(), o.service, replicas)
			for _, each := range done {
				fmt.Fprintf(cmd.OutOrStdout(), "%s: %d copies, before %d\n", each.Name, each.To, each.From)
			}
			if len(done) > 0 {
				fmt.Fprintln(cmd.ErrOrStderr(), kept(o.stack, o.service, replicas))
			}
			return err
		},
	})
	cmd.Flags().IntVar(&replicas, "replicas", -1, "how many copies")
	return cmd
}

// kept says what becomes of a number that the stack's file does not know.
func kept(stack, service string, replicas int) string {
	const taken = "Warning: Pulumi does not know of this. make drift shows it, and an update with a refresh, or with any change of how many there are, takes it back. "
	if replicas == 0 {
		return taken + fmt.Sprintf("To keep it off, take services.%s out of Pulumi.%s.yaml; its file has no 0.", service, stack)
	}
	return taken + fmt.Sprintf("To keep it: services.%s.replicas: %d in Pulumi.%s.yaml.", service, replicas, stack)
}

// runCommand runs a command once, beside a service, and ends with its exit code.
func runCommand() *cobra.Command {
	var o serviceOptions
	var command string
	cmd := o.flags(&cobra.Command{
		Use: "run", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			words, err := operate.Words(command)
			if err != nil {
				return err
			}
			fleet, access, err := o.fleet(cmd.Context())
			if err != nil {
				return err
			}
			code, err := fleet.Run(cmd.Context(), operate.OneOff{
				Service: o.service, Command: words, Logs: cloudwatchlogs.NewFromConfig(access), Out: cmd.OutOrStdout(),
			})
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "… exit code %d\n", code)
			if code != 0 {
				return exitCode(code)
			}
			return nil
		},
	})
	cmd.Flags().StringVar(&command, "command", "", "the command, as one text")
	return cmd
}
