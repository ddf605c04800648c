package config

import "fmt"

// checkProbes reports probes that nothing can carry out: a request or a connection is the warden's to make, on a port.
func checkProbes(c *Config, r *report) {
	for name, service := range c.Services {
		path := at(at(at("", "services"), name), "health")
		for key, port := range service.Health.ports() {
			where := at(path, key)
			if port == 0 && service.Port == nil {
				r.add(where, "has no port, and neither has the service", "give "+at(where, "port"))
			}
			if c.sound(service.Image, r) && !c.copiesWarden(service.Image) {
				r.add(where, fmt.Sprintf("%q has no warden to probe it", service.Image), "give command, or "+c.howToWard(service.Image))
			}
		}
	}
}

// ports are the ports of the probes that need one, by the probe's key.
func (v Health) ports() map[string]int {
	ports := map[string]int{}
	if v.HTTP != nil {
		ports["http"] = v.HTTP.Port
	}
	if v.TCP != nil {
		ports["tcp"] = v.TCP.Port
	}
	return ports
}
