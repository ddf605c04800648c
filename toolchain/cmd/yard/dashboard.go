package main

import (
	"fmt"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"botyard/toolchain/internal/run"
)

// mostHours is two weeks: beyond it CloudWatch no longer has what the panels ask for, minute by minute.
const mostHours = 14 * 24

func dashboardCommand() *cobra.Command {
	var name, output string
	var hours int
	var emulated bool
	cmd := &cobra.Command{
		Use: "dashboard", Short: "Draw the stack's CloudWatch dashboard into an HTML file", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if hours < 1 || hours > mostHours {
				return fmt.Errorf("the dashboard is to reach %d hours back; right would be 1 to %d", hours, mostHours)
			}
			s, err := open(os.Stderr)
			if err != nil {
				return err
			}
			ready, t, err := s.inspected(cmd.Context(), name, emulated)
			if err != nil {
				return err
			}
			if output == "" {
				output = s.clone.Own("dashboard-" + name + ".html")
			}
			args := []string{"dashboard", "--outputs", t.outputs, "--stack", name, "--output", output, "--hours", strconv.Itoa(hours)}
			var env []string
			if t.local() {
				args, env = append(args, "--gateway", ready.Emulator.URL()), ready.Env()
			}
			return asked(run.Cmd{Name: ready.AWS, Args: args, Env: env, Stdout: os.Stdout, Stderr: os.Stderr}.Run(cmd.Context()))
		},
	}
	cmd.Flags().StringVar(&name, "stack", "local", "the stack")
	cmd.Flags().StringVar(&output, "output", "", "the file to write; empty: .botyard/dashboard-<stack>.html")
	cmd.Flags().IntVar(&hours, "hours", 3, "how far back")
	cmd.Flags().BoolVar(&emulated, "emulated", false, "a stack of AWS that was brought up with up --emulated")
	return cmd
}
