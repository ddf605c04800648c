package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"botyard/toolchain/internal/logs"
	"botyard/toolchain/internal/outputs"
)

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
