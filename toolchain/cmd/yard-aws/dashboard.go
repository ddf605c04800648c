package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/spf13/cobra"

	"botyard/toolchain/internal/dashboard"
	"botyard/toolchain/internal/outputs"
)

// dashboardOptions are the flags of dashboard.
type dashboardOptions struct {
	file, gateway, stack, output string
	hours                        int
}

// panelsWithin is for each question of a dashboard: a query of logs takes longer than any other.
const panelsWithin = 30 * time.Second

// dashboardCommand draws the stack's dashboard into a file.
func dashboardCommand() *cobra.Command {
	var o dashboardOptions
	cmd := &cobra.Command{
		Use: "dashboard", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			page, err := o.build(cmd.Context())
			if err != nil {
				return err
			}
			if err := o.write(page); err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), o.output)
			return err
		},
	}
	cmd.Flags().StringVar(&o.file, "outputs", "", "file with the stack's outputs")
	cmd.Flags().StringVar(&o.gateway, "gateway", "", "address of the emulator; empty on AWS")
	cmd.Flags().StringVar(&o.stack, "stack", "local", "the stack's name")
	cmd.Flags().StringVar(&o.output, "output", "", "the file to write")
	cmd.Flags().IntVar(&o.hours, "hours", 3, "how far back")
	return cmd
}

func (o dashboardOptions) build(ctx context.Context) (dashboard.Page, error) {
	out, err := outputs.Read(o.file)
	if err != nil {
		return dashboard.Page{}, err
	}
	if out.DashboardName == "" {
		return dashboard.Page{}, fmt.Errorf("stack %s has no output dashboardName, so no dashboard is known of it; right would be an update of the stack by a version that makes one", o.stack)
	}
	aws, err := config.LoadDefaultConfig(ctx, config.WithRegion(out.Region))
	if err != nil {
		return dashboard.Page{}, fmt.Errorf("cannot set up access to AWS: %w", err)
	}
	return dashboard.Build(ctx, dashboard.Question{
		CloudWatch: cloudwatch.NewFromConfig(aws), Logs: cloudwatchlogs.NewFromConfig(aws), Stack: o.stack, Region: out.Region,
		Dashboard: out.DashboardName, AlarmPrefix: out.AlarmPrefix, Emulated: o.gateway != "", Now: time.Now(),
		Last: time.Duration(o.hours) * time.Hour, Within: panelsWithin,
	})
}

// write replaces the file at once: a browser may be reading it.
func (o dashboardOptions) write(page dashboard.Page) error {
	if err := os.MkdirAll(filepath.Dir(o.output), 0o755); err != nil {
		return fmt.Errorf("cannot make the page's folder: %w", err)
	}
	file, err := os.CreateTemp(filepath.Dir(o.output), ".dashboard-*.html")
	if err != nil {
		return fmt.Errorf("cannot write the page: %w", err)
	}
	defer os.Remove(file.Name()) // what is left of a failure
	if err := errors.Join(page.Write(file), file.Chmod(0o644), file.Close()); err != nil {
		return fmt.Errorf("cannot write %s: %w", o.output, err)
	}
	if err := os.Rename(file.Name(), o.output); err != nil {
		return fmt.Errorf("cannot write %s: %w", o.output, err)
	}
	return nil
}
