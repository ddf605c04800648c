package front

import (
	"context"
	"net"
	"time"
)

// aim is a target for as long as it is the one.
type aim struct {
	target  Target
	ctx     context.Context // ends when another takes its place
	replace context.CancelFunc
}

func newAim(ctx context.Context, target Target) *aim {
	a := &aim{target: target}
	a.ctx, a.replace = context.WithCancel(ctx)
	return a
}

// connect is a connection to the target, nil if there is none to be had now. It gives up when another target takes its
// place: a holder that has gone leaves an address that does not even refuse, and the one that follows is there long before
// that is known.
func (a *aim) connect(ctx context.Context) net.Conn {
	if a.target.Address == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, dialFor)
	defer cancel()
	defer context.AfterFunc(a.ctx, cancel)()
	var dialer net.Dialer
	server, err := dialer.DialContext(ctx, "tcp", a.target.Address)
	if err != nil {
		return nil
	}
	if a.target.Holder == "" {
		return server
	}
	giveUp := context.AfterFunc(ctx, func() { _ = server.SetDeadline(time.Now()) })
	if err := greet(server, a.target.Holder); err != nil || !giveUp() {
		_ = server.Close()
		return nil
	}
	return server
}
