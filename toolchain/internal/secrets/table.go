package secrets

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"botyard/toolchain/internal/outputs"
)

// minute is how moments are written, in UTC.
const minute = "2006-01-02 15:04"

// none stands for what there is not.
const none = "–"

// Table prints the stack's secrets: since when they have their value, how old that is, and who uses them.
func (y Yard) Table(ctx context.Context, now time.Time) error {
	if len(y.ARNs) == 0 {
		return y.say("Stack %s has no secrets under botyard:secrets.\n", y.Fleet.Stack)
	}
	users, err := y.Fleet.Users(ctx, y.ARNs)
	if err != nil {
		return err
	}
	for _, name := range y.Alerts {
		users[name] = append(users[name], "the alerts")
	}
	t := tabwriter.NewWriter(y.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tSET\tROTATED\tUSED BY")
	var unused, missing []string
	for _, name := range slices.Sorted(maps.Keys(y.ARNs)) {
		at := y.at(y.ARNs[name])
		state, err := at.state(ctx)
		if err != nil {
			return fmt.Errorf("secret %s: %w", name, err)
		}
		set, rotated := "no value yet", none
		if state.Set {
			set, rotated = state.At.UTC().Format(minute)+" UTC ("+at.noted(state.Version)+")", age(now.Sub(state.At))
		} else {
			missing = append(missing, name)
		}
		by := strings.Join(users[name], ", ")
		switch {
		case by == "" && len(y.Fleet.Out.ServiceArns) == 0: // they are still to come
			by = none
		case by == "":
			by, unused = "nobody", append(unused, name)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", name, set, rotated, by)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return y.advise(missing, unused)
}

func (y Yard) advise(missing, unused []string) error {
	if len(missing) > 0 {
		stack := outputs.StackWord(y.Fleet.Stack)
		if err := y.say("No value yet, so an update stops before services that use it: %s. Right would be make secret NAME=%s%s\n", strings.Join(missing, ", "), missing[0], stack); err != nil {
			return err
		}
	}
	if len(unused) == 0 {
		return nil
	}
	return y.say("No service uses: %s. Right would be its name under a service's secrets, or to take it out of botyard:secrets\n", strings.Join(unused, ", "))
}

// age is how long ago in its largest unit.
func age(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min ago", max(d, 0)/time.Minute)
	case d < 2*day:
		return fmt.Sprintf("%d h ago", d/time.Hour)
	}
	return fmt.Sprintf("%d d ago", d/day)
}
