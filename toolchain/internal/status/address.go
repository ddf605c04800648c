package status

import (
	"fmt"
	"net/url"
	"strings"

	"botyard/toolchain/internal/outputs"
)

// address is where the service answers, for a person: the load balancer if it is public, else its port on this machine.
func address(out outputs.Outputs, name string, local bool) string {
	if path, ok := out.PublicPaths[name]; ok && out.PublicURL != "" {
		return out.PublicURL + strings.TrimSuffix(path, "*")
	}
	if port, ok := out.HostPorts[name]; ok && local {
		return fmt.Sprintf("http://localhost:%d", port)
	}
	return none
}

// Host is the host part of an address, which the emulator's load balancer is told by.
func Host(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return parsed.Host
}
