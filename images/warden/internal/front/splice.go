package front

import (
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// A connection over which nothing comes for so long, in either direction, is taken for dead.
	idleFor = 10 * time.Minute
	// Once one side has ended its half, the other has so long for each further piece of its own.
	halfOpenFor = 2 * time.Minute
)

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
