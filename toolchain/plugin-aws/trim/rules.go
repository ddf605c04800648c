package main

import "strings"

const (
	providerModule  = "github.com/hashicorp/terraform-provider-aws"
	pluginSDKModule = "github.com/hashicorp/terraform-plugin-sdk/v2"
	bridgeModule    = "github.com/pulumi/pulumi-terraform-bridge/v3"
	awsBaseModule   = "github.com/hashicorp/aws-sdk-go-base/v2"
	pulumiModules   = "github.com/pulumi/pulumi/"
	awsTraceModule  = "go.opentelemetry.io/contrib/instrumentation/github.com/aws/aws-sdk-go-v2/otelaws"
	awsSDK          = "github.com/aws/aws-sdk-go-v2/"
)

// shaken says which modules are trimmed. A module that is not must not import one that is, since nobody looks at what it needs: hence all of
// the AWS SDK above its core, and not only the large services.
func shaken(module string) bool {
	switch module {
	case providerModule, pluginSDKModule, bridgeModule, awsBaseModule, awsBaseModule + "/awsv1shim/v2", awsTraceModule,
		awsSDK + "config", awsSDK + "credentials":
		return true
	}
	if strings.HasPrefix(module, awsSDK+"service/internal/") {
		return false
	}
	return strings.HasPrefix(module, pulumiModules) || strings.HasPrefix(module, awsSDK+"service/") || strings.HasPrefix(module, awsSDK+"feature/s3/")
}

// lazy says which types keep only the methods that something calls: the clients, with a method for each call of the service's API, the
// provider's own list of clients, and Pulumi's descriptions of plugins, which can also download them (with git and a terminal's questions).
func lazy(pkgPath, typeName string) bool {
	switch {
	case strings.HasPrefix(pkgPath, awsSDK+"service/"):
		return typeName == "Client" || typeName == "PresignClient"
	case pkgPath == providerModule+"/internal/conns":
		return typeName == "AWSClient"
	case pkgPath == bridgeModule+"/pkg/tfbridge/info":
		return typeName == "Provider" // some of its methods are linked by name to a package that this program does not import
	case pkgPath == pulumiModules+"sdk/v3/go/common/workspace":
		return typeName == "PluginInfo" || typeName == "PluginSpec"
	}
	return false
}
