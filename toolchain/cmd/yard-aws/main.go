// Command yard-aws is the half of yard that asks AWS, or the emulator: a program of its own, since the AWS SDK takes
// long to compile and yard is needed first. yard builds and calls it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/spf13/cobra"

	"botyard/toolchain/internal/fixtures"
	"botyard/toolchain/internal/outputs"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := &cobra.Command{Use: "yard-aws", SilenceUsage: true, SilenceErrors: true}
	root.AddCommand(statusCommand(), logsCommand(), zoneCommand(), aliveCommand(), drillCommand(), dashboardCommand(), releasesCommand(), secretCommand(), secretsCommand(),
		modelCommand(), modelsCommand(),
		restartCommand(), scaleCommand(), execCommand(), runCommand(), announceDriftCommand(), pinsCommand(), sbomCommand(), devCommand())
	err := root.ExecuteContext(ctx)
	var code exitCode
	switch {
	case errors.As(err, &code):
		os.Exit(int(code))
	case err != nil:
		fmt.Fprintln(os.Stderr, "yard:", err)
		os.Exit(1)
	}
}

// exitCode is the end of a command that ran for the user, which has said itself what there is to say.
type exitCode int

// Error is for whoever does not look for the code.
func (e exitCode) Error() string { return fmt.Sprintf("the command exited with code %d", int(e)) }

// zoneCommand makes the Route 53 zone that an AWS account would have.
func zoneCommand() *cobra.Command {
	return &cobra.Command{
		Use: "zone <name>", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			aws, err := config.LoadDefaultConfig(cmd.Context())
			if err != nil {
				return fmt.Errorf("cannot set up access to AWS: %w", err)
			}
			made, err := fixtures.Zone(cmd.Context(), route53.NewFromConfig(aws), args[0])
			if made {
				fmt.Fprintf(cmd.OutOrStdout(), "made the zone %s\n", args[0])
			}
			return err
		},
	}
}

// aliveCommand tells whether what an earlier update made is still there: it prints "alive" or "gone".
func aliveCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use: "alive", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, client, err := stackAndECS(cmd.Context(), file)
			if err != nil {
				return err
			}
			described, err := client.DescribeClusters(cmd.Context(), &ecs.DescribeClustersInput{Clusters: []string{out.ClusterArn}})
			if err != nil {
				return fmt.Errorf("cannot ask for the cluster: %w", err)
			}
			if len(described.Clusters) == 0 {
				fmt.Fprintln(cmd.OutOrStdout(), "gone")
				return nil
			}
			fmt.Fprintln(cmd.OutOrStdout(), "alive")
			return nil
		},
	}
	cmd.Flags().StringVar(&file, "outputs", "", "file with the stack's outputs")
	return cmd
}

func stackAndECS(ctx context.Context, file string) (outputs.Outputs, *ecs.Client, error) {
	out, err := outputs.Read(file)
	if err != nil {
		return out, nil, err
	}
	aws, err := config.LoadDefaultConfig(ctx, config.WithRegion(out.Region))
	if err != nil {
		return out, nil, fmt.Errorf("cannot set up access to AWS: %w", err)
	}
	return out, ecs.NewFromConfig(aws), nil
}

func logsClient(ctx context.Context, region string) (*cloudwatchlogs.Client, error) {
	aws, err := config.LoadDefaultConfig(ctx, config.WithRegion(region))
	if err != nil {
		return nil, fmt.Errorf("cannot set up access to AWS: %w", err)
	}
	return cloudwatchlogs.NewFromConfig(aws), nil
}
