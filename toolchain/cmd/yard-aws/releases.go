package main

import (
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/spf13/cobra"

	"botyard/toolchain/internal/outputs"
	"botyard/toolchain/internal/releases"
)

// releasesCommand lists what the stack has run, or names the release to go back to.
func releasesCommand() *cobra.Command {
	var file string
	var previous, asJSON bool
	cmd := &cobra.Command{
		Use: "releases", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, err := outputs.Read(file)
			if err != nil {
				return err
			}
			aws, err := config.LoadDefaultConfig(cmd.Context(), config.WithRegion(out.Region))
			if err != nil {
				return fmt.Errorf("cannot set up access to AWS: %w", err)
			}
			all, err := releases.All(cmd.Context(), dynamodb.NewFromConfig(aws), out.ReleaseTable)
			switch {
			case err != nil:
				return err
			case previous:
				release, err := releases.Previous(all)
				if err == nil {
					fmt.Fprintln(cmd.OutOrStdout(), release.ID)
				}
				return err
			case asJSON:
				return json.NewEncoder(cmd.OutOrStdout()).Encode(all)
			}
			return releases.Write(cmd.OutOrStdout(), all)
		},
	}
	cmd.Flags().StringVar(&file, "outputs", "", "file with the stack's outputs")
	cmd.Flags().BoolVar(&previous, "previous", false, "print the id of the newest release that does not run")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
