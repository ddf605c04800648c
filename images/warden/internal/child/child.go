// Package child runs the service's command and ends it together with everything that it has started.
package child

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"botyard/warden/internal/procs"
)

// The exit codes of a command that cannot be started, as shells have them.
const (
	CodeNotFound      = 127
	CodeNotExecutable = 126
)

// Child is a running command.
type Child struct {
	cmd   *exec.Cmd
	root  int // init: the ancestor of all that the command starts, also of what left its session
	done  chan int
	mutex sync.Mutex
	ended bool
}

// StartError is a command that could not be started.
type StartError struct {
	Code int
	err  error
}

// Error says what could not be started and why.
func (e *StartError) Error() string { return e.err.Error() }

// Start runs a command with our descriptors, in a process group of its own. root is our init's pid.
func Start(command, environ []string, root int) (*Child, error) {
	c := &Child{root: root, done: make(chan int, 1)}
	started := make(chan error)
	go func() {
		// The kernel kills the child when the thread that started it ends, so the thread waits for it.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		c.cmd = exec.Command(command[0], command[1:]...)
		c.cmd.Env = environ
		c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
		err := c.cmd.Start()
		started <- err
		if err == nil {
			c.wait()
		}
	}()
	if err := <-started; err != nil {
		code := CodeNotExecutable
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
			code = CodeNotFound
		}
		return nil, &StartError{Code: code, err: fmt.Errorf("cannot start %s: %w", command[0], err)}
	}
	return c, nil
}

// wait tells the exit code only when also everything else that the child has started has ended: what a child leaves
// behind must not run beside its successor.
func (c *Child) wait() {
	_ = c.cmd.Wait() // the state says more than the error
	c.mutex.Lock()
	c.ended = true
	c.mutex.Unlock()
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		if left, err := c.sweep(unix.SIGKILL); err == nil && left == 0 {
			break
		}
		time.Sleep(pause)
	}
	status, _ := c.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		c.done <- 128 + int(status.Signal())
		return
	}
	c.done <- status.ExitStatus()
}

// Pid is the command's process.
func (c *Child) Pid() int { return c.cmd.Process.Pid }

// Done gives the exit code, 128+n after a signal, once.
func (c *Child) Done() <-chan int { return c.done }

// Signal sends a signal to the child's process group.
func (c *Child) Signal(sig syscall.Signal) {
	c.mutex.Lock() // so that the group cannot be another's by now
	defer c.mutex.Unlock()
	if !c.ended {
		_ = syscall.Kill(-c.Pid(), sig) // gone already is as good
	}
}

// SignalAll sends a signal to the group and to whatever else the child has started.
func (c *Child) SignalAll(sig syscall.Signal) {
	c.Signal(sig)
	_, _ = c.sweep(sig) // wait repeats it until nothing is left
}

// sweep signals everything below init but us. Once init has ended its pid may be another's, whose processes are none
// of our business.
func (c *Child) sweep(sig syscall.Signal) (int, error) {
	if os.Getppid() != c.root {
		return 0, nil
	}
	return procs.Signal(sig, c.root, os.Getpid())
}
