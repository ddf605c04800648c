// Package front takes connections for a service of which only one copy runs, and passes each on to wherever that copy
// is. While it is nowhere, as during a handover, connections are held: so a handover delays requests and fails none.
package front

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	// A connection over which nothing comes for so long, in either direction, is taken for dead.
	idleFor = 10 * time.Minute
	// Once one side has ended its half, the other has so long for each further piece of its own.
	halfOpenFor = 2 * time.Minute
)

// Front is a listening front.
type Front struct {
	listener *net.TCPListener
	refuse   sync.Once
	refused  atomic.Bool
	target   atomic.Pointer[string]
	answer   atomic.Pointer[Answer]
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
	f := &Front{listener: listener.(*net.TCPListener)} // what a TCP network gives
	f.ctx, f.cancel = context.WithCancel(context.Background())
	f.SetTarget("")
	f.all.Go(f.accept)
	return f, nil
}

// Address is where the front listens.
func (f *Front) Address() string { return f.listener.Addr().String() }

// SetTarget says where new and held connections go; empty holds them.
func (f *Front) SetTarget(address string) { f.target.Store(&address) }

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
	client, done := f.answered(client)
	if done {
		return
	}
	server := f.dial()
	if server == nil {
		return
	}
	defer server.Close()
	stop := context.AfterFunc(f.ctx, func() {
		_ = client.Close()
		_ = server.Close()
	})
	defer stop()
	splice(client, server)
}

// dial connects to the target, whichever it is by then; nil when there was none for too long.
func (f *Front) dial() net.Conn {
	ctx, cancel := context.WithTimeout(f.ctx, holdFor)
	defer cancel()
	dialer := net.Dialer{Timeout: dialFor}
	for {
		if target := *f.target.Load(); target != "" {
			if server, err := dialer.DialContext(ctx, "tcp", target); err == nil {
				return server
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(retryEvery):
		}
	}
}

// splice passes both directions on until both have ended. An end of one is passed on as one.
func splice(a, b net.Conn) {
	var halves atomic.Int32
	var both sync.WaitGroup
	both.Go(func() { half(a, b, &halves) })
	both.Go(func() { half(b, a, &halves) })
	both.Wait()
}

func half(from, to net.Conn, ended *atomic.Int32) {
	defer ended.Add(1)
	buffer := make([]byte, 32*1024)
	for {
		wait := idleFor
		if ended.Load() > 0 {
			wait = halfOpenFor
		}
		// Traffic in one direction keeps the other: a long download is silent the other way.
		_ = from.SetReadDeadline(time.Now().Add(wait))
		_ = to.SetReadDeadline(time.Now().Add(wait))
		n, err := from.Read(buffer)
		if n > 0 {
			_ = to.SetWriteDeadline(time.Now().Add(halfOpenFor))
			if _, err := to.Write(buffer[:n]); err != nil {
				closeBoth(from, to)
				return
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			if half, ok := to.(closeWriter); !ok || half.CloseWrite() != nil {
				closeBoth(from, to)
			}
			_ = to.SetReadDeadline(time.Now().Add(halfOpenFor))
			return
		case err != nil:
			closeBoth(from, to)
			return
		}
	}
}

func closeBoth(a, b net.Conn) {
	_ = a.Close()
	_ = b.Close()
}
