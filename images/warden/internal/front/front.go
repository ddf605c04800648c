// Package front takes connections for a service of which only one copy runs, and passes each on to wherever that copy
// is. While it is nowhere, as during a handover, connections are held: so a handover delays requests and fails none.
package front

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

const (
	holdFor    = 15 * time.Second
	retryEvery = 50 * time.Millisecond
	dialFor    = 2 * time.Second
	refuseIn   = 20 * time.Millisecond
	// fewConnections are always allowed.
	fewConnections = 64
)

// Front is a listening front.
type Front struct {
	listener *net.TCPListener
	refuse   sync.Once
	refused  atomic.Bool
	aim      atomic.Pointer[aim]
	answer   atomic.Pointer[Answer]
	self     atomic.Pointer[string]
	most     int64 // connections at once
	open     atomic.Int64
	ctx      context.Context
	cancel   context.CancelFunc
	all      sync.WaitGroup
}

// Listen opens the front on a TCP address and serves until Close.
func Listen(address string) (*Front, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on the service's port: %w", err)
	}
	f := &Front{listener: listener.(*net.TCPListener), most: mostConnections()} // what a TCP network gives
	f.ctx, f.cancel = context.WithCancel(context.Background())
	f.aim.Store(newAim(f.ctx, Target{}))
	f.SetSelf("")
	f.all.Go(f.accept)
	return f, nil
}

// Address is where the front listens.
func (f *Front) Address() string { return f.listener.Addr().String() }

// mostConnections leaves file descriptors to the lease and the probe: each connection takes two of them.
func mostConnections() int64 {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return fewConnections
	}
	return max(fewConnections, int64(min(limit.Cur, 1<<20))/2-64)
}

// SetTarget says where new and held connections go.
func (f *Front) SetTarget(target Target) {
	if f.aim.Load().target != target {
		f.aim.Swap(newAim(f.ctx, target)).replace()
	}
}

// Open is how many connections there are, held ones too.
func (f *Front) Open() int { return int(f.open.Load()) }

// Refuse takes no new connections from a moment on; those that there are go on, and those that the kernel has taken
// for us already are accepted first, since closing the listener would reset them.
func (f *Front) Refuse() {
	f.refuse.Do(func() { _ = f.listener.SetDeadline(time.Now().Add(refuseIn)) })
}

// Idle tells whether no connection is left and none can come.
func (f *Front) Idle() bool { return f.refused.Load() && f.Open() == 0 }

// backlog tells whether the kernel has connections that we have not accepted.
func (f *Front) backlog() bool {
	raw, err := f.listener.SyscallConn()
	waiting := 0
	if err == nil {
		_ = raw.Control(func(fd uintptr) { // of a closed listener nothing waits
			waiting, _ = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		})
	}
	return waiting > 0
}

// Close ends the front and all of its connections.
func (f *Front) Close() {
	_ = f.listener.Close()
	f.cancel()
	f.all.Wait()
}

func (f *Front) accept() {
	defer f.refused.Store(true)
	for {
		for f.open.Load() >= f.most && f.ctx.Err() == nil { // the kernel holds further ones meanwhile
			time.Sleep(refuseIn)
		}
		client, err := f.listener.Accept()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			if f.backlog() {
				_ = f.listener.SetDeadline(time.Now().Add(refuseIn))
				continue
			}
			_ = f.listener.Close()
			return
		}
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // such as too many open files: it passes
			time.Sleep(retryEvery)
			continue
		}
		f.open.Add(1)
		f.all.Go(func() {
			defer f.open.Add(-1)
			f.serve(client)
		})
	}
}

func (f *Front) serve(client net.Conn) {
	defer client.Close()
	client, sort := f.look(client)
	if sort == over {
		return
	}
	server := f.dial(sort)
	if server == nil {
		return
	}
	defer server.Close()
	if sort == fromFront && acceptGreeting(client) != nil {
		return
	}
	stop := context.AfterFunc(f.ctx, func() {
		_ = client.Close()
		_ = server.Close()
	})
	defer stop()
	splice(client, server)
}

// dial connects to the target, whichever it is by then; nil when there was none for too long. A connection that comes from
// another front goes to our own child alone: it must not be sent round and round.
func (f *Front) dial(sort sort) net.Conn {
	ctx, cancel := context.WithTimeout(f.ctx, holdFor)
	defer cancel()
	for {
		aim := f.aim.Load()
		if sort == fromFront && (aim.target.Holder != "" || *f.self.Load() == "") {
			return nil // we are not that holder any more
		}
		if server := aim.connect(ctx); server != nil {
			return server
		}
		select {
		case <-ctx.Done():
			return nil
		case <-aim.ctx.Done():
		case <-time.After(retryEvery):
		}
	}
}
