package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"botyard/toolchain/internal/pins"
)

// pinsCommand prints the base images of stack files with the digests that their tags have today, and writes these if asked
// to.
func pinsCommand() *cobra.Command {
	var write bool
	cmd := &cobra.Command{
		Use: "pins <stack file>...", Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			found, newer := false, 0
			var failed []error
			for _, file := range files {
				text, err := os.ReadFile(file)
				if err != nil {
					return fmt.Errorf("cannot read the stack's file: %w", err)
				}
				list, err := pins.Read(text)
				if err != nil {
					return fmt.Errorf("%s: %w", filepath.Base(file), err)
				}
				if len(list) == 0 {
					continue
				}
				found = true
				pins.Look(cmd.Context(), list, pins.Within)
				n, err := showPins(cmd.OutOrStdout(), file, text, list, write)
				newer, failed = newer+n, append(failed, err)
			}
			if !found {
				return fmt.Errorf("no botyard:baseImages in %s: what the stack extends has them", filepath.Base(files[0]))
			}
			if newer > 0 && !write {
				fmt.Fprintln(cmd.OutOrStdout(), "\nmake pins WRITE=1 writes the newer digests; the next update builds on them.")
			}
			return errors.Join(failed...)
		},
	}
	cmd.Flags().BoolVar(&write, "write", false, "write the newer digests into the files")
	return cmd
}

// showPins prints one file's table, writes the file if asked to, and says how many pins are not the newest. The error is
// about those that could not be looked up; the others are written all the same.
func showPins(w io.Writer, file string, text []byte, list []pins.Pin, write bool) (newer int, err error) {
	if err := pins.Print(w, filepath.Base(file), list); err != nil {
		return 0, err
	}
	var failed []error
	for _, pin := range list {
		if pin.Newer() {
			newer++
		}
		failed = append(failed, pin.Err)
	}
	if write && newer > 0 {
		written, err := pins.Write(text, list)
		if err != nil {
			return newer, fmt.Errorf("%s: %w", filepath.Base(file), err)
		}
		if err := os.WriteFile(file, written, 0o644); err != nil {
			return newer, fmt.Errorf("cannot write the stack's file: %w", err)
		}
		fmt.Fprintf(w, "wrote %d of them into %s\n", newer, filepath.Base(file))
	}
	return newer, errors.Join(failed...)
}
