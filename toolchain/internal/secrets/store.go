// Package secrets sets the values of a stack's secrets and tells how old they are. No value is ever printed, logged or put
// into an error.
package secrets

import (
	"context"
	"strings"
	"time"
)

// State is what is known of a secret without its value.
type State struct {
	Set     bool // it has a value
	Version string
	At      time.Time // when that was set
}

// store is where one secret is kept.
type store interface {
	// current is the value that there is now.
	current(context.Context) (State, string, error)
	// state is the same without the value.
	state(context.Context) (State, error)
	// put makes value the current one and returns its version.
	put(ctx context.Context, value string) (version string, err error)
	// noted is how a version is told to people.
	noted(version string) string
	// unasked tells that the stack's rules restart the services that use it, also on what is put here.
	unasked() bool
}

// Clients are what is asked.
type Clients struct {
	Manager    Manager
	Parameters Parameters
}

// at is the store of a secret's or an SSM parameter's ARN. A name without an ARN is a secret's.
func (c Clients) at(arn string) store {
	if strings.Contains(arn, ":ssm:") {
		return parameter{api: c.Parameters, arn: arn}
	}
	return managed{api: c.Manager, id: arn}
}
