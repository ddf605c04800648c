package status

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
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

// Try is a command that asks a service behind the load balancer something, "" for one that is not there.
func Try(out outputs.Outputs, gateway, service string) string {
	path, public := out.PublicPaths[service]
	if !public {
		return ""
	}
	curl := "curl -s " + out.PublicURL
	if gateway != "" { // whose name stands for no address on this machine
		curl = fmt.Sprintf("curl -s -H 'Host: %s' %s", Host(out.PublicURL), gateway)
	}
	switch {
	case path == "/webhooks/*": // the REST channel of Rasa
		return curl + `/webhooks/rest/webhook -H 'Content-Type: application/json' -d '{"sender": "ada", "message": "hello"}'`
	case service == "leveling-api":
		return curl + "/leaderboard"
	}
	return curl + strings.TrimSuffix(path, "*")
}

// Next prints commands that work on the stack as it stands. gateway is the emulator's address, "" on AWS.
func Next(w io.Writer, out outputs.Outputs, stack, gateway string) {
	fmt.Fprintln(w, "Try next:")
	for _, service := range slices.Sorted(maps.Keys(out.PublicPaths)) {
		fmt.Fprintln(w, "  "+Try(out, gateway, service))
	}
	for _, name := range out.Services() {
		fmt.Fprintf(w, "  make logs SERVICE=%s%s\n", name, outputs.StackWord(stack))
	}
	if gateway != "" {
		fmt.Fprintln(w, "  make down")
	}
}
