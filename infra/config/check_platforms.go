package config

import "fmt"

// checkPlatforms reports images that their hosts, or the layers that need them, cannot run.
func checkPlatforms(c *Config, r *report) {
	for name, layer := range c.Images {
		path := at(at(at("", "images"), name), "platform")
		if parent, ok := c.Images[layer.Parent]; ok && parent.Platform != layer.Platform {
			r.add(path, fmt.Sprintf("is %s, but the parent %q is %s", layer.Platform, layer.Parent, parent.Platform),
				"give both the same platform")
		}
		for _, used := range layer.Uses {
			if other, ok := c.Images[used]; ok && other.Platform != layer.Platform {
				r.add(path, fmt.Sprintf("is %s, but the used layer %q is %s", layer.Platform, used, other.Platform),
					"give both the same platform")
			}
		}
		if hosts := c.Hosts.Platform(); c.Hosts.Kind == HostsEC2 && layer.Platform != hosts && r.given[path] {
			r.add(path, fmt.Sprintf("is %s, but the hosts (%s) run %s", layer.Platform, c.Hosts.InstanceType, hosts),
				"remove it, or choose other hosts")
		}
	}
}
