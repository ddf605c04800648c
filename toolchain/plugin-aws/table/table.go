// Package table is the one list of what the plugin serves: each Terraform resource and data source with the token under which the published
// pulumi-aws v6 knows it. The plugin builds its tokens from it, the trim program keeps only these in the provider's source, and the contract
// test holds each against the SDK. It imports nothing, so that the trim program compiles in no time.
package table

import "strings"

// Entry pairs a Terraform type name with its place in the published package.
type Entry struct {
	// TF is the Terraform type, e.g. aws_vpc_endpoint.
	TF string
	// Module is the SDK's module, e.g. ec2. The root module is "index".
	Module string
	// Name is the SDK's resource or function name, e.g. VpcEndpoint or getRegion.
	Name string
}

// Token is the published Pulumi token, e.g. aws:ec2/vpcEndpoint:VpcEndpoint.
func (e Entry) Token() string {
	return "aws:" + e.Module + "/" + strings.ToLower(e.Name[:1]) + e.Name[1:] + ":" + e.Name
}
