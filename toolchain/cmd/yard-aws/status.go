package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/spf13/cobra"

	"botyard/toolchain/internal/dev"
	"botyard/toolchain/internal/outputs"
	"botyard/toolchain/internal/status"
)

const (
	settle      = 30 * time.Second // how long a service may be between two tasks before that counts as not running
	partsWithin = 10 * time.Second // for each part of the full status
)

// statusOptions are the flags of status.
type statusOptions struct {
	file, gateway, stack, sboms, note string
	full, asJSON, next, strict        bool
}

// statusCommand prints the table of services, or all that there is to tell of the stack; with --next also the commands to
// try.
func statusCommand() *cobra.Command {
	var o statusOptions
	cmd := &cobra.Command{
		Use: "status", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.full || o.asJSON {
				return o.report(cmd)
			}
			return o.table(cmd)
		},
	}
	cmd.Flags().StringVar(&o.file, "outputs", "", "file with the stack's outputs")
	cmd.Flags().StringVar(&o.gateway, "gateway", "", "address of the emulator; empty on AWS")
	cmd.Flags().StringVar(&o.stack, "stack", "local", "the stack's name")
	cmd.Flags().StringVar(&o.sboms, "sboms", "", "folder of the images' SBOMs")
	cmd.Flags().StringVar(&o.note, "note", "", "file with the note of a service that runs from its source; empty on AWS")
	cmd.Flags().BoolVar(&o.full, "full", false, "also leases, alarms, the last deploy, backups and the cost")
	cmd.Flags().BoolVar(&o.asJSON, "json", false, "print all of that as JSON")
	cmd.Flags().BoolVar(&o.strict, "strict", false, "of the table: fail if a service does not run")
	cmd.Flags().BoolVar(&o.next, "next", false, "below the table: commands to try next")
	return cmd
}

func (o statusOptions) table(cmd *cobra.Command) error {
	out, client, err := stackAndECS(cmd.Context(), o.file)
	if err != nil {
		return err
	}
	rows, err := status.Of(cmd.Context(), client, out, o.gateway != "")
	for giveUp := time.Now().Add(settle); o.strict && err == nil && status.Down(rows) != "" && time.Now().Before(giveUp); {
		time.Sleep(time.Second)
		rows, err = status.Of(cmd.Context(), client, out, o.gateway != "")
	}
	if err != nil {
		return err
	}
	if err := status.Write(cmd.OutOrStdout(), rows); err != nil {
		return err
	}
	if o.next {
		fmt.Fprintln(cmd.OutOrStdout())
		status.Next(cmd.OutOrStdout(), out, o.stack, o.gateway)
	}
	if down := status.Down(rows); o.strict && down != "" {
		return fmt.Errorf("service %s does not run as declared although its update ended well: it stops again; make logs SERVICE=%s says why", down, down)
	}
	return nil
}

// report prints what could be told, and fails if something could not.
func (o statusOptions) report(cmd *cobra.Command) error {
	out, err := outputs.Read(o.file)
	if err != nil {
		return err
	}
	clients, err := statusClients(cmd.Context(), out.Region)
	if err != nil {
		return err
	}
	note, err := dev.Read(o.note)
	if err != nil {
		return err
	}
	r, err := status.Ask(cmd.Context(), status.Question{
		Clients: clients, Stack: o.stack, SBOMs: o.sboms, Out: out, Developed: note, Local: o.gateway != "", Now: time.Now(), Within: partsWithin,
	})
	if !o.asJSON {
		return errors.Join(status.Screen(cmd.OutOrStdout(), r, out, o.gateway), err)
	}
	encoder := json.NewEncoder(cmd.OutOrStdout())
	encoder.SetIndent("", "  ")
	return errors.Join(encoder.Encode(r), err)
}

func statusClients(ctx context.Context, region string) (status.Clients, error) {
	aws, err := config.LoadDefaultConfig(ctx, config.WithRegion(region))
	if err != nil {
		return status.Clients{}, fmt.Errorf("cannot set up access to AWS: %w", err)
	}
	return status.Clients{
		ECS: ecs.NewFromConfig(aws), Leases: dynamodb.NewFromConfig(aws), Alarms: cloudwatch.NewFromConfig(aws), Databases: rds.NewFromConfig(aws),
		Scans: ecr.NewFromConfig(aws),
	}, nil
}
