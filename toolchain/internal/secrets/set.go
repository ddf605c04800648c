package secrets

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"botyard/toolchain/internal/operate"
	"botyard/toolchain/internal/outputs"
)

// Yard is a stack with secrets.
type Yard struct {
	Clients
	ARNs   map[string]string // by name
	Alerts []string          // names of those that the alerts use, which no task definition names
	Fleet  operate.Fleet     // has no services before the first update has ended
	Out    io.Writer
}

// Known tells whether there is a secret of that name.
func (y Yard) Known(name string) error {
	if _, ok := y.ARNs[name]; ok {
		return nil
	}
	names := slices.Sorted(maps.Keys(y.ARNs))
	if len(names) == 0 {
		return fmt.Errorf("there is no secret %q in stack %s, and no other; right would be a name under botyard:secrets, which a service's secrets name, and an update", name, y.Fleet.Stack)
	}
	hint := ""
	if close := nearest(name, names); close != "" {
		hint = "; did you mean " + close + "?"
	}
	return fmt.Errorf("there is no secret %q in stack %s; it has %s%s", name, y.Fleet.Stack, strings.Join(names, ", "), hint)
}

// Set makes value the secret's, and restarts the services that use it if restart says so: a container gets its secrets when
// it starts. A value that it has already changes nothing.
func (y Yard) Set(ctx context.Context, name, value string, restart bool) error {
	if err := y.Known(name); err != nil {
		return err
	}
	users, err := y.Fleet.Users(ctx, map[string]string{name: y.ARNs[name]})
	if err != nil {
		return fmt.Errorf("nothing was done: who uses %s cannot be told: %w", name, err)
	}
	at := y.at(y.ARNs[name])
	before, now, err := at.current(ctx)
	if err != nil {
		return fmt.Errorf("nothing was done: %s: %w", name, hidden(err, value))
	}
	if subtle.ConstantTimeCompare([]byte(now), []byte(value)) == 1 {
		return y.say("%s: has this value already (%s, set %s), so nothing was changed and nothing restarted%s\n",
			name, at.noted(before.Version), before.At.UTC().Format(minute), y.byHand("; to restart those that use it all the same", users[name]))
	}
	again, err := y.again(ctx, at, users[name])
	if err != nil {
		return fmt.Errorf("nothing was done: %w", err)
	}
	version, err := at.put(ctx, value)
	if err != nil {
		return fmt.Errorf("%s was not set: %w", name, hidden(err, value))
	}
	done := fmt.Sprintf("%s: set (%s)", name, at.noted(version))
	if !restart && at.unasked() && len(users[name]) > 0 {
		return y.say("%s; a new value of an SSM parameter restarts those that use it, whoever sets it: %s\n", done, strings.Join(users[name], ", "))
	}
	return y.restart(ctx, done, name, users[name], restart, again)
}

// restarter restarts a service, or waits until it has been restarted.
type restarter func(ctx context.Context, user string) ([]operate.Restarted, error)

// again is how the users get a new value that is about to be put. What the stack's rules restart is awaited, so that it is
// restarted once; if they do not within operate.BeginsWithin (a stack that has none yet, an event that was lost), it is
// restarted from here.
func (y Yard) again(ctx context.Context, at store, users []string) (restarter, error) {
	if !at.unasked() {
		return y.Fleet.Restart, nil
	}
	before := map[string]operate.Deployments{}
	for _, user := range users {
		var err error
		if before[user], err = y.Fleet.Deployments(ctx, user); err != nil {
			return nil, err
		}
	}
	return func(ctx context.Context, user string) ([]operate.Restarted, error) {
		done, err := y.Fleet.Await(ctx, user, before[user])
		if errors.Is(err, operate.ErrNotBegun) {
			return y.Fleet.Restart(ctx, user)
		}
		return done, err
	}, nil
}

// restart ends what is said of a secret that was set.
func (y Yard) restart(ctx context.Context, done, name string, users []string, wanted bool, again restarter) error {
	for _, alerts := range y.Alerts {
		if alerts == name {
			done += "; the alerts use it, which take it with the next update"
		}
	}
	switch {
	case len(y.Fleet.Out.ServiceArns) == 0:
		return y.say("%s; the stack has no services yet, which get it when they start\n", done)
	case len(users) == 0 && slices.Contains(y.Alerts, name):
		return y.say("%s\n", done)
	case len(users) == 0:
		return y.say("%s; no service uses it: name it under a service's secrets, or take it out of botyard:secrets\n", done)
	case !wanted:
		return y.say("%s; nothing was restarted, as you wished%s\n", done, y.byHand("; to do so", users))
	}
	var restarted []operate.Restarted
	var stopped []string
	for i, user := range users {
		some, err := again(ctx, user)
		restarted = append(restarted, some...)
		if errors.Is(err, operate.ErrStopped) {
			stopped = append(stopped, user)
			continue
		}
		if err != nil {
			return fmt.Errorf("%s, but not all that use it are restarted (done: %s): %w%s",
				done, orNone(operate.Names(restarted)), err, y.byHand(". Once that is mended", users[i:]))
		}
	}
	if len(restarted) > 0 {
		done += "; restarted: " + operate.Names(restarted)
	}
	if len(stopped) > 0 {
		done += "; scaled to nothing, to get it when started: " + strings.Join(stopped, ", ")
	}
	return y.say("%s\n", done)
}

// byHand are the commands that restart the services, after what they are for; nothing without services.
func (y Yard) byHand(what string, users []string) string {
	stack := outputs.StackWord(y.Fleet.Stack)
	if len(users) == 0 {
		return ""
	}
	commands := make([]string, len(users))
	for i, user := range users {
		commands[i] = "make restart SERVICE=" + user + stack
	}
	return what + ": " + strings.Join(commands, "; ")
}

func (y Yard) say(format string, args ...any) error {
	_, err := fmt.Fprintf(y.Out, format, args...)
	return err
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}
