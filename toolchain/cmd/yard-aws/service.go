package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"botyard/toolchain/internal/logs"
	"botyard/toolchain/internal/outputs"
	"botyard/toolchain/internal/status"
)

// settle is how long a service may be between two tasks before that counts as not running.
const settle = 30 * time.Second

// statusCommand prints the table of services; with a gateway also the commands to try next.
func statusCommand() *cobra.Command {
	var file, gateway string
	var asJSON, next, strict bool
	cmd := &cobra.Command{
		Use: "status", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, client, err := stackAndECS(cmd.Context(), file)
			if err != nil {
				return err
			}
			rows, err := status.Of(cmd.Context(), client, out, gateway != "")
			for giveUp := time.Now().Add(settle); strict && err == nil && status.Down(rows) != "" && time.Now().Before(giveUp); {
				time.Sleep(time.Second)
				rows, err = status.Of(cmd.Context(), client, out, gateway != "")
			}
			if err != nil {
				return err
			}
			if asJSON {
				encoder := json.NewEncoder(cmd.OutOrStdout())
				encoder.SetIndent("", "  ")
				return encoder.Encode(rows)
			}
			if err := status.Write(cmd.OutOrStdout(), rows); err != nil {
				return err
			}
			if next {
				fmt.Fprintln(cmd.OutOrStdout())
				status.Next(cmd.OutOrStdout(), out, gateway)
			}
			if down := status.Down(rows); strict && down != "" {
				return fmt.Errorf("service %s does not run as declared although its update ended well: it stops again; make logs SERVICE=%s says why", down, down)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&file, "outputs", "", "file with the stack's outputs")
	cmd.Flags().StringVar(&gateway, "gateway", "", "address of the emulator; empty on AWS")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&strict, "strict", false, "fail if a service does not run")
	cmd.Flags().BoolVar(&next, "next", false, "print commands to try next")
	return cmd
}

// logsCommand prints and follows the log of one service.
func logsCommand() *cobra.Command {
	var file, service string
	var follow bool
	var since time.Duration
	cmd := &cobra.Command{
		Use: "logs", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, err := outputs.Read(file)
			if err != nil {
				return err
			}
			group, ok := out.LogGroups[service]
			if !ok {
				return fmt.Errorf("there is no service %q in the stack; it has %s", service, strings.Join(out.Services(), ", "))
			}
			client, err := logsClient(cmd.Context(), out.Region)
			if err != nil {
				return err
			}
			return logs.Tail{
				Client: client, Group: group, Since: time.Now().Add(-since), Follow: follow, Every: time.Second, Out: cmd.OutOrStdout(),
			}.Run(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&file, "outputs", "", "file with the stack's outputs")
	cmd.Flags().StringVar(&service, "service", "", "name of the service")
	cmd.Flags().BoolVar(&follow, "follow", true, "go on as new lines come")
	cmd.Flags().DurationVar(&since, "since", 10*time.Minute, "how far back")
	return cmd
}
