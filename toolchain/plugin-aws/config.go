package main

import "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"

// configOverrides is the provider's own configuration, as the published plugin has it. The region may come from the environment, the keys are
// secret, and regions are not checked against a list that grows old.
func configOverrides() fieldMap {
	secret := func() *tfbridge.SchemaInfo { return &tfbridge.SchemaInfo{Secret: tfbridge.True()} }
	return fieldMap{
		"region": {
			Default:               &tfbridge.DefaultInfo{EnvVars: []string{"AWS_REGION", "AWS_DEFAULT_REGION"}},
			ForcesProviderReplace: tfbridge.True(),
		},
		"assume_role":             {Name: "assumeRole", MaxItemsOne: tfbridge.True()},
		"skip_metadata_api_check": {Type: "boolean"},
		"skip_region_validation":  {Default: &tfbridge.DefaultInfo{Value: true}},
		"access_key":              secret(),
		"secret_key":              secret(),
		"token":                   secret(),
	}
}
