package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"botyard/toolchain/internal/drift"
	"botyard/toolchain/internal/run"
	"botyard/toolchain/internal/setup"
)

// differs is the exit status of drift that was found; a failure's is 1.
const differs = ended(2)

func driftCommand() *cobra.Command {
	var o stackFlags
	var notify bool
	cmd := o.flags(&cobra.Command{
		Use: "drift", Short: "Compare the stack with what really is; exit status 2 if they differ",
		RunE: func(cmd *cobra.Command, _ []string) error {
			// An update meanwhile would be a difference, too.
			return locked(cmd.Context(), os.Stderr, func(s site) error { return s.drift(cmd.Context(), o, notify) })
		},
	})
	cmd.Flags().BoolVar(&notify, "notify", false, "tell the alerts' channels if they differ")
	return cmd
}

func (s site) drift(ctx context.Context, o stackFlags, notify bool) error {
	ready, t, text, failed := s.digest(ctx, o)
	if text == nil {
		return failed
	}
	report, err := drift.Read(text)
	if failed != nil {
		return whyFailed(o.stack, failed, report.Problems)
	}
	if err != nil {
		return err
	}
	if err := report.Print(os.Stdout); err != nil || len(report.Differences) == 0 {
		return err
	}
	if notify {
		if err := s.announceDrift(ctx, ready, t, report); err != nil {
			return err
		}
	}
	return differs
}

// digest is the preview against what really is. Without a text there is an error; with one the preview itself has failed.
func (s site) digest(ctx context.Context, o stackFlags) (setup.Ready, target, []byte, error) {
	ready, t, err := s.inspected(ctx, o.stack, o.emulated)
	if err != nil {
		return ready, t, nil, err
	}
	log, err := s.pulumiLog()
	if err != nil {
		return ready, t, nil, err
	}
	defer log.Close()
	fmt.Fprintf(os.Stderr, "… comparing stack %s with what really is; that takes as long as a preview\n", o.stack)
	if !t.local() {
		text, err := s.onAWS(ready, o.stack, log).Digest(ctx)
		return ready, t, text, err
	}
	if ready, err = s.setup.Run(ctx, setup.Machine); err != nil {
		return ready, t, nil, err
	}
	if err := s.prepare(ctx, ready, &t); err != nil {
		return ready, t, nil, err
	}
	pulumi := s.pulumi(ready, t, log)
	if _, err := pulumi.FreeLocks(ctx, func(line string) { fmt.Fprintln(os.Stderr, line) }); err != nil {
		return ready, t, nil, err
	}
	text, err := pulumi.Digest(ctx)
	return ready, t, text, err
}

// whyFailed is the failure of a preview with the reasons that it gave; without any, with how Pulumi ended.
func whyFailed(name string, failed error, problems []string) error {
	if len(problems) == 0 {
		return failed
	}
	return errors.New("stack " + name + " cannot be compared:\n" + strings.Join(problems, "\n"))
}

func (s site) announceDrift(ctx context.Context, ready setup.Ready, t target, report drift.Report) error {
	args := []string{"announce-drift", "--outputs", t.outputs, "--project", report.Project, "--stack", t.name, "--summary", report.Summary()}
	var env []string
	if t.local() {
		env = ready.Env()
	}
	return asked(run.Cmd{Name: ready.AWS, Args: args, Env: env, Stdout: os.Stdout, Stderr: os.Stderr}.Run(ctx))
}
