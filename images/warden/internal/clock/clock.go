// Package clock is the one clock that decides anything here: CLOCK_BOOTTIME, the kernel's time since boot. Nobody can
// set it, it goes on while the machine is suspended, and every process of a machine sees the same value.
package clock

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// Now is the time since boot.
func Now() time.Duration {
	var t unix.Timespec
	// It fails only for a clock that the kernel does not have, and this one is older than Go's oldest kernel.
	_ = unix.ClockGettime(unix.CLOCK_BOOTTIME, &t)
	return time.Duration(t.Nano())
}

// Alarm is a descriptor that becomes readable at a time since boot, also when the machine was suspended over it.
type Alarm struct{ fd int }

// NewAlarm makes an alarm that is not set.
func NewAlarm() (*Alarm, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_BOOTTIME, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("cannot make a timer on the time since boot: %w", err)
	}
	return &Alarm{fd: fd}, nil
}

// Fd is the descriptor to poll.
func (a *Alarm) Fd() int { return a.fd }

// Set makes the alarm go off at a time since boot; 0 clears it. A time that has passed makes it go off at once.
func (a *Alarm) Set(at time.Duration) error {
	spec := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(at))}
	if err := unix.TimerfdSettime(a.fd, unix.TFD_TIMER_ABSTIME, &spec, nil); err != nil {
		return fmt.Errorf("cannot set the timer: %w", err)
	}
	return nil
}
