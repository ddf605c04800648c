package main

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"

	"botyard/toolchain/plugin-aws/trim/shake"
)

// clientsOnly are services of which a kept resource calls the API without any resource of theirs being in the table. The provider makes a
// service's client through the service's package, so that has to be there, with empty lists.
func clientsOnly() []string {
	return []string{
		"elb", // an Auto Scaling group waits for its instances in classic load balancers too
	}
}

var (
	clientOf = regexp.MustCompile(`client\[\*\w+\.Client\]\(ctx, c, names\.(\w+),`)
	nameOf   = regexp.MustCompile(`return names\.(\w+)\n`)
)

// checkClients makes sure that every client which kept code asks for can be made: one whose service is left out would end the plugin the moment
// that it is used.
func checkClients(shaker *shake.Shaker, changed map[string][]byte) error {
	have := map[string]bool{}
	for path, text := range changed {
		if filepath.Base(path) == "service_package_gen.go" {
			if name := nameOf.FindSubmatch(text); name != nil {
				have[string(name[1])] = true
			}
		}
	}
	var err error
	kept := shaker.KeptMethods(providerModule+"/internal/conns", "AWSClient")
	for _, method := range slices.Sorted(maps.Keys(kept)) {
		if name := clientOf.FindStringSubmatch(kept[method]); name != nil && !have[name[1]] {
			err = errors.Join(err, fmt.Errorf("kept code calls %s, but the service names.%s is left out: add its folder's name to clientsOnly", method, name[1]))
		}
	}
	return err
}
