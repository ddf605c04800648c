// Package settings reads a stack's settings from the checkout: without Pulumi, a state or credentials, unless an image comes
// from a private repository whose token only AWS has.
package settings

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	pulumiconfig "github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"botyard/infra/checkout"
	"botyard/infra/config"
	"botyard/infra/rollout"
)

// Settings are a stack's.
type Settings struct {
	Config *config.Config
	// Region is aws:region; empty where the stack's file does not say.
	Region string
}

// Load reads and checks Pulumi.<stack>.yaml of the checkout in root, as the program does.
func Load(root, stack string) (Settings, error) {
	file := "Pulumi." + stack + ".yaml"
	if _, err := os.Stat(filepath.Join(root, file)); errors.Is(err, fs.ErrNotExist) {
		return Settings{}, fmt.Errorf("there is no stack %q: the checkout has no %s; name another one, or write that file", stack, file)
	}
	project, err := workspace.LoadProject(filepath.Join(root, "Pulumi.yaml"))
	if err != nil {
		return Settings{}, fmt.Errorf("cannot read the project: %w", err)
	}
	quiet := diag.DefaultSink(io.Discard, io.Discard, diag.FormatOptions{Color: colors.Never})
	read, err := workspace.LoadProjectStack(quiet, project, filepath.Join(root, file))
	if err != nil {
		return Settings{}, fmt.Errorf("cannot read %s: %w", file, err)
	}
	source := config.Source{Project: project.Name.String(), Stack: stack, Root: root, Values: map[string]string{}}
	region, err := fill(&source, read.Config)
	if err != nil {
		return Settings{}, fmt.Errorf("cannot read %s: %w", file, err)
	}
	source.Fetch = fetching(region)
	cfg, err := config.Load(source)
	if err != nil {
		return Settings{}, err
	}
	return Settings{Config: cfg, Region: region}, nil
}

// fetching reads repositories, with the tokens in Secrets Manager of the region where no environment variable has them.
func fetching(region string) func(checkout.Repository) (*checkout.Tree, error) {
	fetcher := &checkout.Fetcher{Secret: func(ctx context.Context, arn string) (string, error) {
		runner, err := rollout.Connect(ctx, rollout.Access{Region: region})
		if err != nil {
			return "", err
		}
		return runner.Value(ctx, arn)
	}}
	return func(r checkout.Repository) (*checkout.Tree, error) { return fetcher.Fetch(context.Background(), r) }
}

// fill takes the program's own keys into the source, and returns the region.
func fill(source *config.Source, values pulumiconfig.Map) (region string, err error) {
	for key, value := range values {
		ours := key.Namespace() == config.Namespace
		if value.Secure() { // which the program refuses; we could not decrypt it
			if ours {
				source.Encrypted = append(source.Encrypted, key.Name())
			}
			continue
		}
		text, err := value.Value(pulumiconfig.NopDecrypter)
		if err != nil {
			return "", fmt.Errorf("%s: %w", key, err)
		}
		switch {
		case ours:
			source.Values[key.Name()] = text
		case key.String() == "aws:region":
			region = text
		}
	}
	return region, nil
}
