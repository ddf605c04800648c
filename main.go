// Command botyard is the Pulumi program that declares one stack: a fleet of chat bots on AWS.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra"
)

func main() {
	pulumi.Run(infra.Deploy)
}
