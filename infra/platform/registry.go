package platform

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecr"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/rollout"
)

// RegistryArgs describes the stack's image repositories.
type RegistryArgs struct {
	// Layers are the image layers' names, one repository each. Required.
	Layers []string
	// Retain is how many images a repository keeps. Required.
	Retain int
	// Address replaces the host of the repositories' URLs, where the registry is reached
	// under another name than ECR's own. Optional.
	Address string
	Names   Namer
}

// Registry is one ECR repository a layer.
type Registry struct {
	pulumi.ResourceState

	// URLs are the repositories' addresses by layer, without a tag.
	URLs map[string]pulumi.StringOutput
	// ARNs are the repositories' ARNs by layer.
	ARNs map[string]pulumi.StringOutput
}

// NewRegistry declares the repositories.
func NewRegistry(ctx *pulumi.Context, name string, args *RegistryArgs, opts ...pulumi.ResourceOption) (*Registry, error) {
	r := &Registry{URLs: map[string]pulumi.StringOutput{}, ARNs: map[string]pulumi.StringOutput{}}
	return r, build(ctx, "Registry", name, r, opts, func(child pulumi.ResourceOption) error {
		keep, err := keepLast(args.Retain)
		if err != nil {
			return err
		}
		for _, layer := range args.Layers {
			if err := r.declare(ctx, layer, keep, args, child); err != nil {
				return fmt.Errorf("repository of layer %s: %w", layer, err)
			}
		}
		return nil
	})
}

func (r *Registry) outputs() pulumi.Map {
	urls := pulumi.Map{}
	for layer, url := range r.URLs {
		urls[layer] = url
	}
	return pulumi.Map{"repositoryUrls": urls}
}

func (r *Registry) declare(ctx *pulumi.Context, layer, keep string, args *RegistryArgs, child pulumi.ResourceOption) error {
	repository, err := ecr.NewRepository(ctx, layer, &ecr.RepositoryArgs{
		Name: pulumi.String(args.Names.Path(layer)),
		// A tag is a hash of the content that it names: it can never mean anything else.
		ImageTagMutability:         pulumi.String("IMMUTABLE"),
		ImageScanningConfiguration: ecr.RepositoryImageScanningConfigurationArgs{ScanOnPush: pulumi.Bool(true)},
		EncryptionConfigurations: ecr.RepositoryEncryptionConfigurationArray{
			ecr.RepositoryEncryptionConfigurationArgs{EncryptionType: pulumi.String("AES256")},
		},
	}, child)
	if err != nil {
		return err
	}
	_, err = ecr.NewLifecyclePolicy(ctx, layer, &ecr.LifecyclePolicyArgs{
		Repository: repository.Name, Policy: pulumi.String(keep),
	}, child)
	if err != nil {
		return err
	}
	r.ARNs[layer] = repository.Arn
	r.URLs[layer] = repository.RepositoryUrl.ApplyT(func(url string) string {
		return readdress(url, args.Address)
	}).(pulumi.StringOutput)
	return nil
}

// readdress puts address in place of the URL's host, if there is one.
func readdress(url, address string) string {
	if address == "" {
		return url
	}
	_, path, _ := strings.Cut(url, "/")
	return address + "/" + path
}

// releasedMost is the most that ECR counts to: the images of releases are never so many, since a release that is forgotten
// takes its tags along (rollout.Remember).
const releasedMost = 10000

// keepLast is a lifecycle policy that expires all but the newest images and those of remembered releases: what a rule
// matches, no rule of a lower priority expires. By age alone the image of a release that went back to an old one would go.
// Source: Amazon ECR User Guide, "Lifecycle policy evaluation rules".
func keepLast(retain int) (string, error) {
	rule := func(priority int, description string, selection map[string]any) map[string]any {
		return map[string]any{"rulePriority": priority, "description": description, "selection": selection, "action": map[string]any{"type": "expire"}}
	}
	return canonical(map[string]any{"rules": []any{
		rule(1, "keep the images of releases", map[string]any{
			"tagStatus": "tagged", "tagPrefixList": []string{rollout.TagPrefix}, "countType": "imageCountMoreThan", "countNumber": releasedMost,
		}),
		rule(2, fmt.Sprintf("of the others keep the last %d", retain), map[string]any{
			"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": retain,
		}),
	}})
}
