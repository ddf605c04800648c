// Package initproc is the first process of the container. It starts the worker, passes signals on to it, reaps
// whatever ends, and ends everything when the worker has ended or has not extended its deadline: so a worker that
// hangs or is paused cannot leave the child running past its lease.
package initproc

import (
	"encoding/binary"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// LinkVariable says "descriptor,pid": of the worker's end of the pipe, and of init. Only the worker's environment has it.
const LinkVariable = "WARDEN_INTERNAL_LINK"

const messageSize = 8 // one deadline: nanoseconds since boot, little endian; 0 is none

// Link is the worker's end of the pipe to its init.
type Link struct {
	fd   int
	init int
}

// Init is init's pid as init said it: the parent's pid is another's once init has ended.
func (l *Link) Init() int { return l.init }

// OpenLink takes the pipe over from the environment and hides it from what the worker starts.
func OpenLink(value string) (*Link, error) {
	var fd, init int
	if _, err := fmt.Sscanf(value, "%d,%d", &fd, &init); err != nil || fd < 3 || init < 1 {
		return nil, fmt.Errorf("%s is %q; it is the warden's own and is not to be set", LinkVariable, value)
	}
	unix.CloseOnExec(fd)
	if err := unix.SetNonblock(fd, true); err != nil {
		return nil, fmt.Errorf("the pipe to init cannot be used: %w", err)
	}
	return &Link{fd: fd, init: init}, os.Unsetenv(LinkVariable)
}

// Extend makes init end everything at a time since boot; 0 takes the deadline back. It never waits: when init is
// paused for so long that the pipe is full, an earlier deadline stands, which errs on the safe side.
func (l *Link) Extend(deadline time.Duration) error {
	var message [messageSize]byte
	binary.LittleEndian.PutUint64(message[:], uint64(deadline))
	if _, err := unix.Write(l.fd, message[:]); err != nil {
		return fmt.Errorf("cannot tell init the deadline: %w", err)
	}
	return nil
}

// AwaitInitsEnd returns when init has ended. In a container the kernel ends everything with it; elsewhere the worker
// has to.
func (l *Link) AwaitInitsEnd() {
	for {
		fds := []unix.PollFd{{Fd: int32(l.fd)}} // no event asked for: an error is always told
		if n, err := unix.Poll(fds, -1); err == nil && n > 0 {
			return
		} else if err != nil && err != unix.EINTR {
			return
		}
	}
}
