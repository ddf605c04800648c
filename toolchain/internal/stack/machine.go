package stack

import (
	"fmt"
	"net/url"
)

// OnMachine tells whether the stack is this machine's own: its config sends all that is asked of AWS to an emulator here. Any
// other one is for AWS, and comes here only by a generated config (Overlay).
func OnMachine(dir, name string) (bool, error) {
	values, err := Config(dir, name)
	if err != nil {
		return false, err
	}
	services := endpoints(values)
	for service, address := range services {
		parsed, err := url.Parse(address)
		if err != nil {
			return false, fmt.Errorf("aws:endpoints.%s in Pulumi.%s.yaml: %w", service, name, err)
		}
		if parsed.Hostname() != "localhost" {
			return false, nil
		}
	}
	return len(services) > 0, nil
}

// endpoints are the addresses by service of aws:endpoints, which is a list of maps.
func endpoints(values map[string]any) map[string]string {
	all := map[string]string{}
	list, _ := values["aws:endpoints"].([]any)
	for _, entry := range list {
		services, _ := entry.(map[string]any)
		for service, address := range services {
			all[service] = fmt.Sprint(address)
		}
	}
	return all
}
