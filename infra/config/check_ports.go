package config

import "fmt"

// checkPorts reports fixed host ports that cannot be had.
func checkPorts(c *Config, r *report) {
	holder := map[int]string{}
	for _, name := range Names(c.Services) {
		service := c.Services[name]
		if service.Port == nil || service.Port.Host == 0 {
			continue
		}
		port := *service.Port
		path := at(at(at(at("", "services"), name), "port"), "host")
		if first, taken := holder[port.Host]; taken {
			r.add(path, fmt.Sprintf("%d is the host port of service %q too", port.Host, first), "give another, or 0 to let Docker choose")
		} else {
			holder[port.Host] = name
		}
		switch {
		case c.Hosts.Fargate():
			if port.Host != port.Container {
				r.add(path, fmt.Sprintf("is %d, but a Fargate task has an address of its own and no host", port.Host), "remove it")
			}
		case c.Hosts.Count >= 1 && service.Replicas > c.Hosts.Count:
			r.add(path, fmt.Sprintf("%d is there once a host (%d of them), but the service has %d replicas", port.Host, c.Hosts.Count, service.Replicas),
				"let Docker choose (0), or set hosts.count higher")
		case !service.Singleton && service.Replicas >= c.Hosts.MaxCount:
			r.add(path, fmt.Sprintf("a rollout starts a new task before it stops the old one, and no host has %d free for it", port.Host),
				"let Docker choose (0), set hosts.maxCount higher, or make the service a singleton")
		}
	}
}

// checkPublicPaths reports services that want the same requests, and a domain without a service.
func checkPublicPaths(c *Config, r *report) {
	holder := map[string]string{}
	for _, name := range Names(c.Services) {
		public := c.Services[name].Public
		if public == nil {
			continue
		}
		if first, taken := holder[public.Path]; taken {
			r.add(at(at(at(at("", "services"), name), "public"), "path"),
				fmt.Sprintf("%q is the path of service %q too", public.Path, first), "give each public service its own")
		} else {
			holder[public.Path] = name
		}
	}
	if c.Edge != nil && len(holder) == 0 {
		r.add(at("", "edge"), "there is no public service", "set public on a service, or remove edge")
	}
}
