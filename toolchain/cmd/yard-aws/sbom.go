package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/spf13/cobra"

	"botyard/toolchain/internal/outputs"
	"botyard/toolchain/internal/sbom"
)

// sbomCommand writes an SBOM for each layer's image of the stack.
func sbomCommand() *cobra.Command {
	var file, syft, folder, gateway string
	cmd := &cobra.Command{
		Use: "sbom", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, err := outputs.Read(file)
			if err != nil {
				return err
			}
			if len(out.ImageDigests) == 0 {
				return errors.New("the stack has no output imageDigests: an earlier version of it made the outputs; run make up once")
			}
			registry, err := registryLogin(cmd.Context(), out.Region, gateway != "")
			if err != nil {
				return err
			}
			maker := sbom.Maker{Syft: syft, Dir: folder, Registry: registry}
			for _, layer := range slices.Sorted(maps.Keys(out.ImageDigests)) {
				host, _, _ := strings.Cut(out.ImageDigests[layer], "/")
				maker.Registry.Host = host // the emulator's is none that ECR names
				made, err := maker.Make(cmd.Context(), layer, out.ImageDigests[layer])
				if err != nil {
					return err
				}
				note := ""
				if made.Kept {
					note = " (from before)"
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%-16s %4d packages  %s%s\n", layer, made.Packages, made.File, note)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&file, "outputs", "", "file with the stack's outputs")
	cmd.Flags().StringVar(&syft, "syft", "", "the program syft")
	cmd.Flags().StringVar(&folder, "to", "", "folder that the files go into")
	cmd.Flags().StringVar(&gateway, "gateway", "", "address of the emulator; empty on AWS")
	return cmd
}

// registryLogin is a login of ECR's, good for twelve hours.
// Source: Amazon ECR API Reference, GetAuthorizationToken.
func registryLogin(ctx context.Context, region string, emulated bool) (sbom.Registry, error) {
	access, err := config.LoadDefaultConfig(ctx, config.WithRegion(region))
	if err != nil {
		return sbom.Registry{}, fmt.Errorf("cannot set up access to AWS: %w", err)
	}
	token, err := ecr.NewFromConfig(access).GetAuthorizationToken(ctx, &ecr.GetAuthorizationTokenInput{})
	if err != nil {
		return sbom.Registry{}, fmt.Errorf("cannot log in to ECR: %w; right would be leave to do ecr:GetAuthorizationToken", err)
	}
	if len(token.AuthorizationData) == 0 {
		return sbom.Registry{}, errors.New("cannot log in to ECR: it gives no token")
	}
	text, err := base64.StdEncoding.DecodeString(aws.ToString(token.AuthorizationData[0].AuthorizationToken))
	user, password, ok := strings.Cut(string(text), ":")
	if err != nil || !ok {
		return sbom.Registry{}, errors.New("cannot log in to ECR: its token is not <user>:<password> in base64")
	}
	return sbom.Registry{User: user, Password: password, HTTP: emulated}, nil
}
