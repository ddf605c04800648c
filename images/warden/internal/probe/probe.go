// Package probe asks a service whether it works: by a command, by an HTTP request or by a TCP connection. The warden
// makes the latter two itself, so that an image needs no shell and no other program for them, and no interpreter starts
// anew every few seconds.
package probe

import (
	"context"
	"time"
)

// quoteMost is how much of what came is quoted in an error: characters of a body, bytes of a command's output.
const quoteMost = 300

// Probe is one way to ask. At most one of the fields is set; the zero Probe asks nothing.
type Probe struct {
	Command []string // exits with 0 while the service works
	HTTP    *HTTP
	TCP     *TCP
}

// HTTP is a GET request. A redirect is an answer like any other: it is not followed, for it could lead elsewhere.
type HTTP struct {
	Path   string // begins with /
	Port   int    // on 127.0.0.1
	Status int    // that the answer has to have
	Body   string // that the answer's body has to contain in its first 64 KiB; empty asks for none
}

// TCP is a connection that is closed at once. The kernel accepts it for a service that hangs or is stopped too.
type TCP struct {
	Port int // on 127.0.0.1
}

// None tells whether nothing is asked.
func (p Probe) None() bool { return len(p.Command) == 0 && p.HTTP == nil && p.TCP == nil }

// Moved is the probe of a service that listens on one port where the settings say another.
func (p Probe) Moved(from, to int) Probe {
	if p.HTTP != nil && p.HTTP.Port == from {
		moved := *p.HTTP
		moved.Port = to
		p.HTTP = &moved
	}
	if p.TCP != nil && p.TCP.Port == from {
		p.TCP = &TCP{Port: to}
	}
	return p
}

// Run asks, and tells what was expected and what came; no error means that the service works. environ is a command's.
func (p Probe) Run(ctx context.Context, environ []string, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	switch {
	case p.HTTP != nil:
		return p.HTTP.run(ctx, timeout)
	case p.TCP != nil:
		return p.TCP.run(ctx, timeout)
	}
	return runCommand(ctx, p.Command, environ, timeout)
}
