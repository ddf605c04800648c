package status

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"

	"botyard/toolchain/internal/outputs"
)

// Write prints the table.
func Write(w io.Writer, rows []Service) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SERVICE\tSTATE\tSTANDBY\tHEALTH\tADDRESS\tDIGEST")
	for _, row := range rows {
		fmt.Fprintf(t, "%s\t%d/%d %s\t%s\t%s\t%s\t%s\n", row.Name, row.Running, row.Wanted, row.State, row.Standby, row.Health, row.Address, row.Digest)
	}
	return t.Flush()
}

// Next prints commands that work on the stack as it stands. gateway is the emulator's address, "" on AWS.
func Next(w io.Writer, out outputs.Outputs, stack, gateway string) {
	fmt.Fprintln(w, "Try next:")
	curl := "curl -s " + out.PublicURL
	if gateway != "" { // whose name stands for no address on this machine
		curl = fmt.Sprintf("curl -s -H 'Host: %s' %s", Host(out.PublicURL), gateway)
	}
	if slices.Contains(slices.Collect(maps.Values(out.PublicPaths)), "/webhooks/*") {
		fmt.Fprintf(w, "  %s/webhooks/rest/webhook -H 'Content-Type: application/json' -d '{\"sender\": \"ada\", \"message\": \"hello\"}'\n", curl)
	}
	if _, ok := out.PublicPaths["leveling-api"]; ok {
		fmt.Fprintf(w, "  %s/leaderboard\n", curl)
	}
	which := ""
	if stack != "local" { // which make takes without being told
		which = " STACK=" + stack
	}
	for _, name := range out.Services() {
		fmt.Fprintf(w, "  make logs SERVICE=%s%s\n", name, which)
	}
	if gateway != "" {
		fmt.Fprintln(w, "  make down")
	}
}
