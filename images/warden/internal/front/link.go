package front

import (
	"errors"
	"fmt"
	"net"
)

// Target is where connections go.
type Target struct {
	Address string // empty holds them
	Holder  string // the lease's holder whose front it is; empty is our own child
}

const (
	// greeting begins a connection from one front to another: no text protocol and no TLS begins with a zero byte. The
	// holder's name and a line break follow.
	greeting = "\x00warden "
	// accepted is the other front's answer: it is that holder, and its child takes the connection.
	accepted = 0x06
	// greetingMost is the longest greeting that is read.
	greetingMost = 256
)

// greet tells the front at the other end whom the connection is for. The address alone does not: the one of a holder that
// died is given to the next container that starts, which may be a copy that waits as we do, or anything else.
func greet(server net.Conn, holder string) error {
	if _, err := server.Write([]byte(greeting + holder + "\n")); err != nil {
		return fmt.Errorf("cannot greet the holder's front: %w", err)
	}
	var answer [1]byte
	if _, err := server.Read(answer[:]); err != nil {
		return fmt.Errorf("the holder's front does not answer: %w", err)
	}
	if answer[0] != accepted {
		return errors.New("what answers at the holder's address is no front")
	}
	return nil
}

// acceptGreeting tells a front that greeted us that our child takes the connection.
func acceptGreeting(client net.Conn) error {
	_, err := client.Write([]byte{accepted})
	return err
}
