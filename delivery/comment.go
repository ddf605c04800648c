package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"botyard/delivery/internal/command"
	"botyard/delivery/internal/comment"
	"botyard/delivery/internal/digest"
	"botyard/delivery/internal/program"
	"botyard/delivery/internal/settings"
	"botyard/infra"
	"botyard/infra/cost"
)

// commentFromFiles writes the comment of a preview that was kept in a file.
func commentFromFiles(_ context.Context, args []string) error {
	flags := flag.NewFlagSet("comment", flag.ContinueOnError)
	stack := flags.String("stack", "", "the stack that the preview is of")
	preview := flags.String("preview", "", "file with what pulumi preview --json printed")
	outputs := flags.String("base-outputs", "", "file with what pulumi stack output --json printed; none: what the stack costs now is not known")
	if err := command.Parse(flags, args); err != nil {
		return err
	}
	if *stack == "" || *preview == "" {
		return errors.New("--stack and --preview are needed: see --help")
	}
	text, err := os.ReadFile(*preview)
	if err != nil {
		return fmt.Errorf("cannot read the preview: %w", err)
	}
	var before []byte
	if *outputs != "" {
		if before, err = os.ReadFile(*outputs); err != nil {
			return fmt.Errorf("cannot read the stack's outputs: %w", err)
		}
	}
	_, err = write(os.Stdout, ".", *stack, text, before)
	return err
}

// previewComment runs the pulumi command of PATH and writes the comment, also of a preview that failed.
func previewComment(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("preview-comment", flag.ContinueOnError)
	stack := flags.String("stack", "", "the stack to preview")
	if err := command.Parse(flags, args); err != nil {
		return err
	}
	if *stack == "" {
		return errors.New("--stack is needed: see --help")
	}
	pulumi := func(words ...string) ([]byte, error) {
		return program.Cmd{Name: "pulumi", Args: append(words, "--json", "--stack", *stack, "--non-interactive")}.Output(ctx)
	}
	before, err := pulumi("stack", "output")
	if err != nil {
		return fmt.Errorf("cannot read the outputs of stack %s: %w", *stack, err)
	}
	text, previewErr := pulumi("preview")
	if previewErr != nil && len(bytes.TrimSpace(text)) == 0 {
		return fmt.Errorf("there is no preview of stack %s: %w", *stack, previewErr)
	}
	d, err := write(os.Stdout, ".", *stack, text, before)
	if err != nil {
		return errors.Join(err, previewErr)
	}
	if previewErr != nil || d.Failed() {
		return fmt.Errorf("the preview of stack %s failed; the comment says why", *stack)
	}
	return nil
}

// write writes the comment of a preview and the outputs of the last update; no outputs are a stack that is not up.
func write(out io.Writer, root, stack string, preview, outputs []byte) (digest.Digest, error) {
	d, err := digest.Read(bytes.NewReader(preview))
	if err != nil {
		return d, err
	}
	report := comment.Report{Stack: stack, Digest: d}
	if len(bytes.TrimSpace(outputs)) > 0 {
		if report.Outputs, err = comment.ReadOutputs(outputs); err != nil {
			return d, err
		}
	}
	// Settings that cannot be read failed the preview too, and its errors say why.
	if read, err := settings.Load(root, stack); err == nil {
		report.Graph = read.Config.Graph
		report.After, report.CostErr = estimate(read, report.Outputs.Region)
	}
	_, err = io.WriteString(out, report.Markdown())
	return d, err
}

// estimate is what the stack of this checkout costs. Where its file does not name the region, the outputs do.
func estimate(read settings.Settings, region string) (*cost.Estimate, error) {
	if read.Region != "" {
		region = read.Region
	}
	e, err := cost.Of(infra.Shape(read.Config, region))
	if err != nil {
		return nil, err
	}
	return &e, nil
}
