package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The provider's waiters hold fixed pauses, right for AWS: 30 s before the first look at a database, 10 s between looks. An emulator is done at
// once. With BOTYARD_WAIT_CAP set to a duration, e.g. 500ms, no single pause is longer; without it nothing changes.
const (
	waitAnchor = "\tlog.Printf(\"[DEBUG] Waiting for state to become: %s\", conf.Target)\n"
	waitCall   = "\tconf.capPauses()\n"
	waitMethod = `
func (conf *StateChangeConf) capPauses() {
	limit, err := time.ParseDuration(os.Getenv("BOTYARD_WAIT_CAP"))
	if err != nil || limit <= 0 {
		return
	}
	conf.Delay = min(conf.Delay, limit)
	conf.MinTimeout = min(conf.MinTimeout, limit)
	conf.PollInterval = min(conf.PollInterval, limit)
}
`
)

// capWaits adds to overlay the one place through which all of the provider's waiters go, with the cap built in.
func capWaits(sdk string, overlay map[string][]byte) error {
	path := filepath.Join(sdk, "helper/retry/state.go")
	src, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("failed to read the plugin SDK's waiter: %w", err)
	}
	text := string(src)
	for _, edit := range [][2]string{{waitAnchor, waitAnchor + waitCall}, {"\t\"log\"\n", "\t\"log\"\n\t\"os\"\n"}} {
		if strings.Count(text, edit[0]) != 1 {
			return fmt.Errorf("the plugin SDK's waiter has changed: %s must hold %q once", path, edit[0])
		}
		text = strings.Replace(text, edit[0], edit[1], 1)
	}
	overlay[path] = []byte(text + waitMethod)
	return nil
}
