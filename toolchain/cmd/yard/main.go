// Command yard makes a machine ready and brings the fleet up on it. make calls it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"botyard/toolchain/internal/step"
)

// interrupted is the exit status of a program that a signal has ended.
const interrupted = 130

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	// A second signal ends us at once; what we started is told by the kernel.
	context.AfterFunc(ctx, stop)
	root := &cobra.Command{
		Use: "yard", Short: "Bring the fleet up on this machine", SilenceUsage: true, SilenceErrors: true,
	}
	root.AddCommand(upCommand(), downCommand(), previewCommand(), statusCommand(), dashboardCommand(), logsCommand(), drillCommand(), envCommand(), checkCommand(),
		secretCommand(), secretsCommand(), modelCommand(), modelsCommand(), restartCommand(), scaleCommand(), execCommand(), runCommand(), driftCommand(), releasesCommand(), rollbackCommand(), pinsCommand(), sbomCommand(),
		devCommand())
	err := root.ExecuteContext(ctx)
	if err == nil {
		return
	}
	if ctx.Err() != nil {
		fmt.Fprintln(os.Stderr, "\nyard: stopped; the same command goes on from here")
		os.Exit(interrupted)
	}
	if code := ended(0); errors.As(err, &code) {
		os.Exit(int(code))
	}
	if !errors.Is(err, errReported) {
		report(os.Stderr, err)
	}
	os.Exit(1)
}

// ended is the exit status of a command that has an answer, and has given it.
type ended int

// Error is for whoever does not look for the status.
func (e ended) Error() string { return fmt.Sprintf("the answer is exit status %d", int(e)) }

// errReported is the cause of an error whose details have been printed already.
var errReported = errors.New("see above")

// report prints the error, and for each step that failed the end of its log.
func report(w io.Writer, err error) {
	for _, failure := range failures(err) {
		fmt.Fprintf(w, "\nThe last lines of %s:\n", failure.Log)
		for _, line := range failure.Tail {
			fmt.Fprintln(w, "  "+line)
		}
	}
	fmt.Fprintln(w, "\nyard:", strings.ReplaceAll(err.Error(), "\n", "\nyard: "))
}

// failures are all steps that failed in an error, which may join several.
func failures(err error) []*step.Failure {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*step.Failure
		for _, each := range joined.Unwrap() {
			all = append(all, failures(each)...)
		}
		return all
	}
	var failure *step.Failure
	if errors.As(err, &failure) {
		return []*step.Failure{failure}
	}
	return nil
}
