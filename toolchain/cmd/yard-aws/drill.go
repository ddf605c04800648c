package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/spf13/cobra"

	"botyard/toolchain/internal/drill"
	"botyard/toolchain/internal/drill/copies"
	"botyard/toolchain/internal/drill/live"
	"botyard/toolchain/internal/outputs"
	"botyard/toolchain/internal/status"
)

// drillOptions are the flags of a drill.
type drillOptions struct {
	file, gateway, stack, service, faults string
	repeat                                int
	yes                                   bool
}

// drillCommand disturbs a singleton and measures what comes of it. On AWS it does so only with --yes, which yard says
// after it has asked.
func drillCommand() *cobra.Command {
	var o drillOptions
	cmd := &cobra.Command{
		Use: "drill", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			faults, err := drill.Choose(o.faults, o.gateway == "")
			switch {
			case err != nil:
				return err
			case o.repeat < 1:
				return fmt.Errorf("each fault is to be done %d times; right would be 1 or more", o.repeat)
			case o.gateway == "" && !o.yes:
				return errors.New("nothing was done: a drill on AWS disturbs what people use, so it wants --yes; yard drill asks first")
			case o.gateway != "" && os.Geteuid() != 0:
				return errors.New("a drill on this machine looks into containers' processes and networks, which root alone may: run make drill as root")
			}
			d, err := o.open(cmd.Context())
			if err != nil {
				return err
			}
			report, err := d.Run(cmd.Context(), faults, o.repeat)
			if cmd.Context().Err() != nil {
				return fmt.Errorf("the drill was stopped: %w", err)
			}
			return errors.Join(err, o.print(cmd, report))
		},
	}
	cmd.Flags().StringVar(&o.file, "outputs", "", "file with the stack's outputs")
	cmd.Flags().StringVar(&o.gateway, "gateway", "", "address of the emulator; empty on AWS")
	cmd.Flags().StringVar(&o.stack, "stack", "local", "the stack's name")
	cmd.Flags().StringVar(&o.service, "service", "bot", "the singleton")
	cmd.Flags().StringVar(&o.faults, "faults", "", "faults to do, separated by commas; empty is all")
	cmd.Flags().IntVar(&o.repeat, "repeat", 1, "how often each fault is done")
	cmd.Flags().BoolVar(&o.yes, "yes", false, "disturb a stack on AWS")
	return cmd
}

// print writes what is to be kept on standard output: on AWS a record, on this machine the line for programs below the
// table.
func (o drillOptions) print(cmd *cobra.Command, report drill.Report) error {
	if o.gateway == "" {
		return drill.WriteRecord(cmd.OutOrStdout(), report)
	}
	line, err := report.JSON()
	if err == nil {
		_, err = fmt.Fprintln(cmd.OutOrStdout(), line)
	}
	return err
}

// open makes the drill of the service, for AWS or for this machine, and begins its table.
func (o drillOptions) open(ctx context.Context) (*live.Drill, error) {
	out, err := outputs.Read(o.file)
	if err != nil {
		return nil, err
	}
	target, err := live.Find(out, o.service)
	if err != nil {
		return nil, err
	}
	aws, err := config.LoadDefaultConfig(ctx, config.WithRegion(out.Region))
	if err != nil {
		return nil, fmt.Errorf("cannot set up access to AWS: %w", err)
	}
	target.ECS, target.Leases = ecs.NewFromConfig(aws), dynamodb.NewFromConfig(aws)
	_, cluster, _ := strings.Cut(out.ClusterArn, ":cluster/")
	d := &live.Drill{
		Target: target, Stack: o.stack, Gateway: o.gateway, Alarms: cloudwatch.NewFromConfig(aws), Progress: os.Stderr,
		AlarmPrefix: cluster + "-", // alarms are named as the cluster is, and what they watch
		Bot:         drill.NewBot(out.PublicURL, ""), Watch: target.Item,
	}
	table := os.Stderr // the record has a table of its own
	if o.gateway != "" {
		at, err := url.Parse(o.gateway)
		if err != nil {
			return nil, fmt.Errorf("the emulator's address is no URL: %w", err)
		}
		table, d.Bot = os.Stdout, drill.NewBot(o.gateway, status.Host(out.PublicURL))
		d.Docker, d.Watch = live.NewDocker(o.service, at.Port()), live.Processes(copies.NewMachine(o.service))
	}
	d.Row = func(r drill.Result) { drill.WriteRow(table, r) }
	drill.WriteHead(table)
	return d, nil
}
