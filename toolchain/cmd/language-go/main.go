// Command language-go starts Pulumi's Go language host with the options of the project's runtime, such as buildTarget, as
// flags. The host that can be had from the module proxy is that of SDK 3.50, which takes them so; the CLI has come to send
// them along with each request, and there that host does not look.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// host is the file of the language host itself, beside this one.
const host = "pulumi-language-go-host"

func main() {
	if err := start(); err != nil {
		fmt.Fprintf(os.Stderr, "pulumi-language-go: %v\n", err)
		os.Exit(1)
	}
}

// start becomes the host: Pulumi has it under the process id that it started.
func start() error {
	own, err := os.Executable()
	if err != nil {
		return fmt.Errorf("cannot find its own folder: %w", err)
	}
	flags, err := optionFlags("Pulumi.yaml") // Pulumi starts a language host in the project's folder
	if err != nil {
		return err
	}
	path := filepath.Join(filepath.Dir(own), host)
	err = syscall.Exec(path, append(append([]string{path}, flags...), os.Args[1:]...), os.Environ())
	return fmt.Errorf("cannot start %s: %w", path, err)
}
