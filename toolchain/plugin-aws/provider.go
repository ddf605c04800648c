package main

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-provider-aws/xpprovider"
	pftfbridge "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/x/muxer"
	"github.com/pulumi/pulumi-terraform-bridge/v3/unstable/metadata"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"botyard/toolchain/plugin-aws/gaps"
	"botyard/toolchain/plugin-aws/table"
)

// version is that of the pulumi-aws SDK whose programs this plugin serves.
const version = "6.83.2"

// dispatcher is the part of the bridge's muxed provider that says which half serves which token.
type dispatcher interface {
	ResolveDispatch(info *tfbridge.ProviderInfo) (muxer.DispatchTable, error)
}

// newProvider puts the Terraform provider's two halves (plugin SDK and plugin framework) behind the published tokens and names.
func newProvider(ctx context.Context) (tfbridge.ProviderInfo, error) {
	framework, sdk, err := xpprovider.GetProvider(ctx)
	if err != nil {
		return tfbridge.ProviderInfo{}, fmt.Errorf("failed to start the Terraform AWS provider: %w", err)
	}
	info := tfbridge.ProviderInfo{
		P:            pftfbridge.MuxShimWithDisjointgPF(ctx, shimv2.NewProvider(sdk), framework),
		Name:         "aws",
		Version:      version,
		Config:       configOverrides(),
		Resources:    map[string]*tfbridge.ResourceInfo{},
		DataSources:  map[string]*tfbridge.DataSourceInfo{},
		MetadataInfo: tfbridge.NewProviderMetadata([]byte("{}")),

		// The plugin SDK's half checks the same configuration.
		SkipValidateProviderConfigForPluginFramework: true,
	}
	addMembers(&info)
	info.SetAutonaming(255, "-")
	dispatch, err := info.P.(dispatcher).ResolveDispatch(&info)
	if err != nil {
		return tfbridge.ProviderInfo{}, fmt.Errorf("failed to tell which half of the provider serves what: %w", err)
	}
	if err := metadata.Set(info.GetMetadata(), "mux", dispatch); err != nil {
		return tfbridge.ProviderInfo{}, fmt.Errorf("failed to record which half of the provider serves what: %w", err)
	}
	return info, nil
}

// addMembers enters the table's resources and functions with what the published plugin changes about them.
func addMembers(info *tfbridge.ProviderInfo) {
	overrides, replaceByDelete, lacking := fieldOverrides(), deleteFirst(), gaps.Lacking()
	for _, e := range table.Resources() {
		res := &tfbridge.ResourceInfo{Tok: tokens.Type(e.Token()), Fields: overrides[e.TF], DeleteBeforeReplace: replaceByDelete[e.TF]}
		if res.Fields == nil {
			res.Fields = fieldMap{}
		}
		// Tags that a resource inherits from the provider are told, not set.
		res.Fields["tags_all"] = &tfbridge.SchemaInfo{MarkAsComputedOnly: tfbridge.True()}
		if later := lacking[e.Token()]; later != nil {
			res.PreCheckCallback = dropLater(e.Token(), later)
		}
		info.Resources[e.TF] = res
	}
	for _, e := range table.Functions() {
		info.DataSources[e.TF] = &tfbridge.DataSourceInfo{Tok: tokens.ModuleMember(e.Token())}
	}
}
