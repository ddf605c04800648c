// Command trim makes the copies of the Terraform AWS provider, the bridge and the AWS SDK that the plugin is compiled from: the same source,
// less what the plugin's resources never reach, and a go.mod that points at the copies. The whole of it would take half an hour to compile.
//
//	go run ./trim -to <build folder>            what build.sh does first
//	go run ./trim -to <build folder> -update    after a change to the table or to a version: renews go.mod and go.sum
//
// The folder ends up with src/ (the copies), go.mod and go.sum, for `go build -modfile=<build folder>/go.mod`. Each part is written beside its
// place and renamed into it, so that a run cut off anywhere is mended by the next.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"botyard/toolchain/plugin-aws/trim/shake"
)

// mainPackage is the program's own package: everything that it names is kept.
const mainPackage = "botyard/toolchain/plugin-aws"

func main() {
	module := flag.String("module", ".", "folder of the plugin's Go module")
	to := flag.String("to", "", "build folder, made if it is not there")
	refresh := flag.Bool("update", false, "after trimming, renew the module's go.mod and go.sum")
	flag.Parse()
	if err := run(*module, *to, *refresh); err != nil {
		fmt.Fprintln(os.Stderr, "trim:", err)
		os.Exit(1)
	}
}

func run(moduleDir, buildDir string, refresh bool) error {
	if buildDir == "" {
		return fmt.Errorf("-to is missing: name the build folder, e.g. -to \"$HOME/.cache/botyard/plugin-aws\"")
	}
	began := time.Now()
	moduleDir, err := filepath.Abs(moduleDir)
	if err != nil {
		return fmt.Errorf("failed to find the module's folder: %w", err)
	}
	if buildDir, err = filepath.Abs(buildDir); err != nil {
		return fmt.Errorf("failed to find the build folder: %w", err)
	}
	src := filepath.Join(buildDir, "src")
	mods, err := writeSources(moduleDir, src)
	if err != nil {
		return err
	}
	if err := writeModfile(moduleDir, buildDir, mods); err != nil {
		return err
	}
	fmt.Printf("trimmed %d modules in %s\n", len(mods), time.Since(began).Round(100*time.Millisecond))
	if refresh {
		return update(moduleDir, buildDir)
	}
	return nil
}

// writeSources shakes the modules and lays what is left in src.
func writeSources(moduleDir, src string) ([]*shake.Module, error) {
	modules, err := newModules(moduleDir)
	if err != nil {
		return nil, err
	}
	overlay, err := changes(modules)
	if err != nil {
		return nil, err
	}
	shaker := shake.New(modules.of, lazy, overlay)
	if err := shaker.Root(mainPackage, moduleDir); err != nil {
		return nil, err
	}
	if err := shaker.Run(); err != nil {
		return nil, err
	}
	if err := checkClients(shaker, overlay); err != nil {
		return nil, err
	}
	fresh := src + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return nil, fmt.Errorf("failed to clear what an earlier run left: %w", err)
	}
	mods, err := shaker.Write(fresh)
	if err != nil {
		return nil, err
	}
	if err := os.RemoveAll(src); err != nil {
		return nil, fmt.Errorf("failed to replace the last copies: %w", err)
	}
	if err := os.Rename(fresh, src); err != nil {
		return nil, fmt.Errorf("failed to put the copies in place: %w", err)
	}
	return mods, nil
}

// changes are the edits to the modules' own text: fewer registrations, and waits that can be capped.
func changes(modules *modules) (map[string][]byte, error) {
	provider, err := modules.byPath(providerModule)
	if err != nil {
		return nil, err
	}
	overlay, err := filterRegistrations(provider.Dir)
	if err != nil {
		return nil, err
	}
	sdk, err := modules.byPath(pluginSDKModule)
	if err != nil {
		return nil, err
	}
	return overlay, capWaits(sdk.Dir, overlay)
}
