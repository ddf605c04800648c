package status

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"botyard/toolchain/internal/outputs"
)

// columns is how wide the screen is at most; longer text goes on in the next line. Only a table of long names is wider.
const columns = 110

// unknown stands for what could not be asked for; the error says why.
const unknown = "?"

// Screen prints the report for a person. gateway is the emulator's address, "" on AWS.
func Screen(w io.Writer, r Report, out outputs.Outputs, gateway string) error {
	fmt.Fprintf(w, "Stack %s at %s\n\n", r.Stack, r.At.Local().Format("15:04:05 MST on Monday, 2 January 2006"))
	if err := r.table(w, out); err != nil {
		return err
	}
	var lines []string
	add := func(name, text string) { lines = append(lines, fmt.Sprintf("%-8s  %s", name, text)) }
	for _, s := range r.Services {
		if s.Source != "" {
			add("dev", s.Name+" runs from "+s.Source+" and not from its image; Ctrl-C in make dev, or make up, puts that back")
		}
	}
	add("alarms", r.alarms())
	for _, a := range r.Alarms {
		add("", fmt.Sprintf("ALARM %s since %s (%s): %s", a.Name, moment(a.Since, r.At), age(r.At.Sub(a.Since)), a.Description))
	}
	for i, line := range r.images() {
		add([]string{"images", ""}[min(i, 1)], line)
	}
	add("deploy", r.deploy())
	add("backup", r.backup(out))
	add("cost", r.cost())
	if out.PublicURL != "" {
		through := ""
		if gateway != "" {
			through = " (the Host to ask " + gateway + " for)"
		}
		add("public", out.PublicURL+through)
	}
	fmt.Fprintln(w)
	for _, line := range lines {
		if _, err := fmt.Fprintln(w, wrapped(strings.TrimRight(line, " "))); err != nil {
			return err
		}
	}
	return nil
}

// table prints the services. The digest is shorter than anywhere else, and "public" in an address stands for the
// line of that name, so that the rows fit.
func (r Report) table(w io.Writer, out outputs.Outputs) error {
	if r.failed["services"] {
		_, err := fmt.Fprintln(w, "SERVICE  "+unknown)
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SERVICE\tSTATE\tSTANDBY\tHEALTH\tDIGEST\tAGE\tLEASE\tADDRESS")
	for _, row := range r.Services {
		running := none
		if row.Since != nil {
			running = age(r.At.Sub(*row.Since))
		}
		lease := row.Lease.words(r.At)
		if r.failed["leases"] {
			lease = unknown
		}
		address := strings.TrimPrefix(row.Address, "http://")
		if path, public := strings.CutPrefix(row.Address, out.PublicURL); public && out.PublicURL != "" {
			address = "public" + path
		}
		const digits = 8
		fmt.Fprintf(t, "%s\t%d/%d %s\t%s\t%s\t%.*s\t%s\t%s\t%s\n", row.Name, row.Running, row.Wanted, row.State, row.Standby,
			row.Health, digits, row.Digest, running, lease, address)
	}
	return t.Flush()
}

func (r Report) alarms() string {
	if r.failed["alarms"] {
		return unknown
	}
	if r.Insufficient == nil {
		return none
	}
	text := "no alarm"
	if n := len(r.Alarms); n > 0 {
		text = fmt.Sprintf("%d in ALARM", n)
	}
	return fmt.Sprintf("%s; INSUFFICIENT_DATA: %d", text, *r.Insufficient)
}

func (r Report) deploy() string {
	switch d := r.Deploy; {
	case r.failed["services"]:
		return unknown
	case d == nil:
		return none
	case d.State == "failed":
		return fmt.Sprintf("FAILED, %s: %s – %s", ago(r.At.Sub(d.At)), strings.Join(d.Services, ", "), d.Reason)
	default:
		return fmt.Sprintf("%s, %s: %s", d.State, ago(r.At.Sub(d.At)), strings.Join(d.Services, ", "))
	}
}

func (r Report) backup(out outputs.Outputs) string {
	switch b := r.Backup; {
	case r.failed["backups"]:
		return unknown
	case out.DatabaseIdentifier == "":
		return none
	case b.Days == 0:
		return "no backups (backupDays is 0)"
	case b.Restorable == nil && b.Snapshot == nil:
		return "none yet"
	default:
		restorable, snapshot := "none yet", "none yet"
		if b.Restorable != nil {
			restorable = fmt.Sprintf("%s (%s)", ago(r.At.Sub(*b.Restorable)), moment(*b.Restorable, r.At))
		}
		if b.Snapshot != nil {
			snapshot = fmt.Sprintf("%s (%s)", ago(r.At.Sub(*b.Snapshot)), moment(*b.Snapshot, r.At))
		}
		return fmt.Sprintf("restorable to any moment until %s; newest snapshot %s; kept %d days", restorable, snapshot, b.Days)
	}
}

// cost is the reckoning, the dearest part first; what costs less than a cent is left out.
func (r Report) cost() string {
	if r.Cost == nil {
		return none
	}
	names := slices.SortedFunc(maps.Keys(r.Cost.Parts), func(a, b string) int {
		if r.Cost.Parts[a] != r.Cost.Parts[b] {
			return int(100*r.Cost.Parts[b]) - int(100*r.Cost.Parts[a])
		}
		return strings.Compare(a, b)
	})
	var parts []string
	for _, name := range names {
		if r.Cost.Parts[name] < 0.005 {
			continue
		}
		parts = append(parts, fmt.Sprintf("%s %.2f", name, r.Cost.Parts[name]))
	}
	return strings.TrimSuffix(fmt.Sprintf("$%.2f a month: %s", r.Cost.Total, strings.Join(parts, ", ")), ": ")
}

// words says who holds the lease.
func (l *Lease) words(now time.Time) string {
	switch {
	case l == nil:
		return none
	case l.State == "free":
		return "nobody holds it"
	case l.State == "expired":
		return fmt.Sprintf("%s #%d expired %s", l.Task, l.Token, ago(now.Sub(*l.Expires)))
	case l.Renewed == nil:
		return fmt.Sprintf("%s #%d", l.Task, l.Token)
	default:
		return fmt.Sprintf("%s #%d renewed %s", l.Task, l.Token, ago(now.Sub(*l.Renewed)))
	}
}
