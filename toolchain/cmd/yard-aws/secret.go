package main

import (
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/spf13/cobra"

	"botyard/toolchain/internal/outputs"
	"botyard/toolchain/internal/secrets"
)

// secretOptions are the flags of both commands for secrets.
type secretOptions struct {
	file, stack, region string
	declared            map[string]string
	alerts              []string
}

func (o *secretOptions) flags(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().StringVar(&o.file, "outputs", "", "file with the stack's outputs; empty before the first update has ended")
	cmd.Flags().StringVar(&o.stack, "stack", "local", "the stack's name")
	cmd.Flags().StringVar(&o.region, "region", "", "the AWS region, where the outputs do not tell it yet")
	cmd.Flags().StringToStringVar(&o.declared, "declared", nil, "name=secret's name or ARN, where the outputs do not tell them yet")
	cmd.Flags().StringSliceVar(&o.alerts, "alerts", nil, "names of the secrets that the alerts use")
	return cmd
}

// secretCommand sets a secret from standard input.
func secretCommand() *cobra.Command {
	var o secretOptions
	var name string
	var restart bool
	cmd := o.flags(&cobra.Command{
		Use: "secret", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			y, err := o.yard(cmd)
			if err != nil {
				return err
			}
			if err := y.Known(name); err != nil { // before anybody types
				return err
			}
			value, err := secrets.Read(cmd.Context(), cmd.InOrStdin(), cmd.ErrOrStderr(), name)
			if err != nil {
				return err
			}
			return y.Set(cmd.Context(), name, value, restart)
		},
	})
	cmd.Flags().StringVar(&name, "name", "", "name under botyard:secrets")
	cmd.Flags().BoolVar(&restart, "restart", true, "restart the services that use it")
	return cmd
}

// secretsCommand prints the table of secrets.
func secretsCommand() *cobra.Command {
	var o secretOptions
	return o.flags(&cobra.Command{
		Use: "secrets", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			y, err := o.yard(cmd)
			if err != nil {
				return err
			}
			return y.Table(cmd.Context(), time.Now())
		},
	})
}

// yard is the stack as it is up or, before its first update has ended, as it is declared: that update waits for values.
func (o secretOptions) yard(cmd *cobra.Command) (secrets.Yard, error) {
	out, err := o.outputs()
	if err != nil {
		return secrets.Yard{}, err
	}
	fleet, access, err := fleetOf(cmd.Context(), out, o.stack, out.Region)
	if err != nil {
		return secrets.Yard{}, err
	}
	return secrets.Yard{
		Clients: secrets.Clients{Manager: secretsmanager.NewFromConfig(access), Parameters: ssm.NewFromConfig(access)},
		ARNs:    out.SecretArns, Alerts: o.alerts, Fleet: fleet, Out: cmd.OutOrStdout(),
	}, nil
}

func (o secretOptions) outputs() (outputs.Outputs, error) {
	if o.file != "" {
		out, err := outputs.Read(o.file)
		if !errors.Is(err, outputs.ErrNotUp) {
			return out, err
		}
	}
	return outputs.Outputs{Region: o.region, SecretArns: o.declared}, nil
}
