// Command pulumi-resource-docker is a stand-in for the published docker plugin of Pulumi, for docker:index/image:Image
// alone: for machines that reach package registries and nothing else. Inputs, outputs, state, digest of the context and
// differences are the published plugin's, so that a stack may change between the two. What is different, and why:
//
//   - All faults of the inputs are reported at once with their paths, and an input that is not understood is a fault: the
//     published plugin stops at the first and ignores what it does not know.
//   - The context is sent over a BuildKit session, only what changed of it; the published plugin uploads all of it.
//   - A failing build ends with the failing step and the last lines of its output.
//   - Cancelling an update, or killing Pulumi, stops the build and this plugin.
//   - A push that an immutable tag refuses is a success when the tag holds this very image already.
//   - registry.password is always secret, and secret values are masked in logs and errors.
//   - Left out: every other resource and function, BuilderV1, ssh:// engines, TLS keys given as text.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// version is that of the published plugin whose place this takes; -ldflags "-X main.version=…" sets another.
var version = "4.10.0"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-resource-docker:", err)
		os.Exit(1)
	}
}

// run serves the provider to the Pulumi engine whose address is the only argument; without one it waits to be attached.
func run(args []string) error {
	flags := flag.NewFlagSet("pulumi-resource-docker", flag.ContinueOnError)
	tell := flags.Bool("version", false, "print the version and end")
	// Pulumi passes these to every plugin; there is nothing here to trace or to log but what goes to the engine.
	flags.Bool("logtostderr", false, "ignored")
	flags.Int("v", 0, "ignored")
	flags.String("tracing", "", "ignored")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *tell {
		fmt.Println(version)
		return nil
	}
	if flags.NArg() > 1 {
		return fmt.Errorf("one argument is expected, the address of the Pulumi engine, not %q", flags.Args())
	}
	// The engine says by SIGINT that it is done with a plugin.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return serve(ctx, flags.Arg(0), os.Stdout)
}
