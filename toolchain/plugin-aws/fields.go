package main

import (
	"strings"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// named gives a field another name, and no automatic value.
func named(name string) *tfbridge.SchemaInfo { return &tfbridge.SchemaInfo{Name: name} }

// list keeps a block a list although Terraform allows one at most.
func list(name string) *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{Name: name, MaxItemsOne: tfbridge.False()}
}

// listOf is list with changes to the fields inside.
func listOf(name string, fields fieldMap) *tfbridge.SchemaInfo {
	info := inside(fields)
	info.Name, info.MaxItemsOne = name, tfbridge.False()
	return info
}

// inside changes the fields of a nested block.
func inside(fields fieldMap) *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{Elem: &tfbridge.SchemaInfo{Fields: fields}}
}

// document is a JSON document: a program gives it as a string or as an object.
func document() *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{Transform: tfbridge.TransformJSONDocument}
}

// integer is a number that Terraform keeps as a string.
func integer() *tfbridge.SchemaInfo { return &tfbridge.SchemaInfo{Type: "integer"} }

// managed is a description with a default.
func managed() *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{Default: &tfbridge.DefaultInfo{Value: "Managed by Pulumi"}}
}

// bucketName is an automatic name in the letters that S3 allows.
func bucketName() *tfbridge.SchemaInfo {
	return tfbridge.AutoNameTransform("bucket", 63, strings.ToLower)
}

// aliasName is an automatic name with the prefix that KMS asks for.
func aliasName() *tfbridge.SchemaInfo {
	return tfbridge.AutoNameWithCustomOptions("name", tfbridge.AutoNameOptions{
		Separator: "-", Maxlen: 238, Randlen: 7,
		PostTransform: func(_ *tfbridge.PulumiResource, name string) (string, error) {
			return "alias/" + strings.TrimPrefix(name, "alias/"), nil
		},
	})
}

// topicName is an automatic name with the ending that a FIFO topic must have.
func topicName() *tfbridge.SchemaInfo {
	return tfbridge.AutoNameWithCustomOptions("name", tfbridge.AutoNameOptions{
		Separator: "-", Maxlen: 80, Randlen: 7,
		PostTransform: func(res *tfbridge.PulumiResource, name string) (string, error) {
			if fifo := res.Properties["fifoTopic"]; fifo.IsBool() && fifo.BoolValue() {
				name += ".fifo"
			}
			return name, nil
		},
	})
}

// databaseIdentifier is an automatic name as the published plugin makes it for databases: the suffix without a dash.
func databaseIdentifier() *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{Default: &tfbridge.DefaultInfo{
		From: func(res *tfbridge.PulumiResource) (any, error) {
			return resource.NewUniqueHex(res.URN.Name(), 7, 255)
		},
	}}
}
