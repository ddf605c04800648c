package status

import (
	"fmt"
	"io"
	"text/tabwriter"

	"botyard/toolchain/internal/outputs"
)

// Write prints the table.
func Write(w io.Writer, rows []Service) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SERVICE\tSTATE\tHEALTH\tADDRESS\tDIGEST")
	for _, row := range rows {
		fmt.Fprintf(t, "%s\t%d/%d %s\t%s\t%s\t%s\n", row.Name, row.Running, row.Wanted, row.State, row.Health, row.Address, row.Digest)
	}
	return t.Flush()
}

// Next prints commands that work on the stack as it stands. gateway is the emulator's address, "" on AWS.
func Next(w io.Writer, out outputs.Outputs, gateway string) {
	fmt.Fprintln(w, "Try next:")
	if port, ok := out.HostPorts["bot"]; ok && gateway != "" {
		fmt.Fprintf(w, "  curl -s localhost:%d/webhooks/rest/webhook -H 'Content-Type: application/json' -d '{\"sender\": \"ada\", \"message\": \"hello\"}'\n", port)
	}
	if _, ok := out.PublicPaths["leveling-api"]; ok {
		if gateway != "" {
			fmt.Fprintf(w, "  curl -s -H 'Host: %s' %s/leaderboard\n", Host(out.PublicURL), gateway)
		} else {
			fmt.Fprintf(w, "  curl -s %s/leaderboard\n", out.PublicURL)
		}
	}
	for _, name := range out.Services() {
		fmt.Fprintf(w, "  make logs SERVICE=%s\n", name)
	}
	if gateway != "" {
		fmt.Fprintln(w, "  make down")
	}
}
