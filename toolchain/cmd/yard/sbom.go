package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"botyard/toolchain/internal/parts"
	"botyard/toolchain/internal/run"
	"botyard/toolchain/internal/step"
)

func sbomCommand() *cobra.Command {
	var o stackFlags
	return o.flags(&cobra.Command{
		Use: "sbom", Short: "Write down what is in the images of the stack, an SPDX file a layer",
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := open(os.Stderr)
			if err != nil {
				return err
			}
			ready, t, err := s.inspected(cmd.Context(), o.stack, o.emulated)
			if err != nil {
				return err
			}
			syft, err := parts.Syft(s.clone)
			if err != nil {
				return err
			}
			if _, err := s.setup.Runner(false).Run(cmd.Context(), []step.Step{syft.Step(s.setup.Store)}); err != nil {
				return err
			}
			args := []string{"sbom", "--outputs", t.outputs, "--syft", filepath.Join(syft.Path(s.setup.Store), "syft"), "--to", s.clone.Own("sbom")}
			if t.local() {
				args = append(args, "--gateway", ready.Emulator.URL())
			}
			return asked(run.Cmd{Name: ready.AWS, Args: args, Env: asks(ready, t), Stdout: os.Stdout, Stderr: os.Stderr}.Run(cmd.Context()))
		},
	})
}
