package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/spf13/cobra"

	"botyard/toolchain/internal/dev"
	"botyard/toolchain/internal/logs"
	"botyard/toolchain/internal/operate"
	"botyard/toolchain/internal/status"
)

// devOptions are the flags of both commands for a service that runs from its source.
type devOptions struct {
	serviceOptions
	note, gateway string
	source        dev.Source
}

// devCommand runs a service from its source until it is interrupted, and puts it back.
func devCommand() *cobra.Command {
	var o devOptions
	var putBack bool
	cmd := o.flags(&cobra.Command{
		Use: "dev", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if putBack {
				return o.putBackNoted(cmd)
			}
			return o.run(cmd)
		},
	})
	cmd.Flags().StringVar(&o.note, "note", "", "file with the note of what is to be put back")
	cmd.Flags().StringVar(&o.gateway, "gateway", "", "address of the emulator")
	cmd.Flags().StringVar(&o.source.Folder, "source", "", "full path of the image's context")
	cmd.Flags().StringVar(&o.source.Shown, "shown", "", "the same, relative to the checkout")
	cmd.Flags().StringVar(&o.source.Dockerfile, "dockerfile", "Dockerfile", "the Dockerfile's path in it")
	cmd.Flags().BoolVar(&putBack, "put-back", false, "put back what the note says, and nothing else")
	return cmd
}

func (o devOptions) developer(ctx context.Context, progress io.Writer) (operate.Developer, *cloudwatchlogs.Client, error) {
	fleet, access, err := o.fleet(ctx)
	if err != nil {
		return operate.Developer{}, nil, err
	}
	fleet.Progress = progress
	keep := func(note dev.Note) error { return note.Write(o.note) }
	return operate.Developer{Fleet: fleet, Revisions: ecs.NewFromConfig(access), Keep: keep}, cloudwatchlogs.NewFromConfig(access), nil
}

func (o devOptions) run(cmd *cobra.Command) error {
	// A reader of what is printed that ends first, as by the same Ctrl-C, must not end this before all is put back.
	signal.Ignore(syscall.SIGPIPE)
	ctx := cmd.Context()
	d, client, err := o.developer(ctx, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	mount, err := o.mount(ctx, d)
	if err != nil {
		return err
	}
	if lost := lost(mount); lost != "" {
		fmt.Fprintln(cmd.ErrOrStderr(), lost)
	}
	note, err := d.Begin(ctx, o.service, o.source.Shown, mount)
	if note.Service == "" {
		return err // nothing was changed
	}
	if err == nil {
		err = o.live(ctx, cmd.OutOrStdout(), d, logs.Tail{
			Client: client, Group: d.Out.LogGroups[o.service], Since: time.Now(), Follow: true, Every: 500 * time.Millisecond, Out: cmd.OutOrStdout(),
		}, note, mount)
	}
	if ctx.Err() != nil { // how it is left, and no failure
		err = nil
	}
	return errors.Join(err, o.putBack(context.WithoutCancel(ctx), cmd.OutOrStdout(), d, note))
}

// mount looks at what the service's image has where the source goes.
func (o devOptions) mount(ctx context.Context, d operate.Developer) (dev.Mount, error) {
	place, err := d.Place(ctx, o.service, false)
	if err != nil {
		return dev.Mount{}, err
	}
	id, err := container(ctx, place)
	if err != nil {
		return dev.Mount{}, err
	}
	workdir, files, err := dev.Inside(ctx, id)
	if err != nil {
		return dev.Mount{}, err
	}
	return o.source.Fit(workdir, files)
}

// lost says which files of the image the mount hides, a few of them by name.
func lost(mount dev.Mount) string {
	const most = 5
	named := mount.Lost
	if len(named) == 0 {
		return ""
	}
	more := ""
	if len(named) > most {
		named, more = named[:most], fmt.Sprintf(" and %d more", len(mount.Lost)-most)
	}
	return fmt.Sprintf("Warning: the image has in %s what the source has not: %s%s. Meanwhile it is missing; if it is generated, make it in the source, too, or in the image outside of %s.",
		mount.Path, strings.Join(named, ", "), more, mount.Path)
}

// live follows the service's log until ctx ends, and says when the service runs from its source.
func (o devOptions) live(ctx context.Context, out io.Writer, d operate.Developer, tail logs.Tail, note dev.Note, mount dev.Mount) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	followed := make(chan error, 1)
	go func() { followed <- tail.Run(ctx) }()
	if err := d.UntilLive(ctx, note); err != nil {
		cancel()
		return errors.Join(err, <-followed)
	}
	shown := o.source.Shown
	if relative, err := filepath.Rel(o.source.Folder, mount.Folder); err == nil {
		shown = filepath.Join(shown, relative)
	}
	fmt.Fprintf(out, "\n%s runs from %s, mounted on %s: save a file there, and it is started anew with it.\n", o.service, shown, mount.Path)
	if try := status.Try(d.Out, o.gateway, o.service); try != "" {
		fmt.Fprintln(out, "  "+try)
	}
	fmt.Fprint(out, "Ctrl-C puts the deployed image back. Until then this is its log:\n\n")
	return <-followed
}

// putBack takes back what the note says, and waits. Once it is taken back the note goes: what is waited for then, ECS does
// by itself.
func (o devOptions) putBack(ctx context.Context, out io.Writer, d operate.Developer, note dev.Note) error {
	fmt.Fprintf(d.Progress, "\n… putting %s back\n", note.Service)
	back, err := d.PutBack(ctx, note)
	if err != nil {
		return fmt.Errorf("%w. Right would be make up, which tries again", err)
	}
	if err := dev.Remove(o.note); err != nil {
		return err
	}
	if err := d.UntilBack(ctx, back); err != nil {
		return err
	}
	fmt.Fprintln(out, back.Said())
	return nil
}

// putBackNoted takes back what a run that was killed has left.
func (o devOptions) putBackNoted(cmd *cobra.Command) error {
	note, err := dev.Read(o.note)
	if note == nil || err != nil {
		return err
	}
	d, _, err := o.developer(cmd.Context(), cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	return o.putBack(cmd.Context(), cmd.OutOrStdout(), d, *note)
}
