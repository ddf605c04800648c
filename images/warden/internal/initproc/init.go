package initproc

import (
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"botyard/warden/internal/clock"
	"botyard/warden/internal/events"
	"botyard/warden/internal/procs"
)

// CodeKilled is the exit code after init had to end everything: that of a process ended by SIGKILL.
const CodeKilled = 128 + int(unix.SIGKILL)

// Run starts the worker, which is this program again with the same arguments, and returns the code to exit with.
func Run(args, environ []string, log *slog.Logger) (int, error) {
	// Also when it is not process 1, orphans come to it, so that it can end and reap them.
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return 0, fmt.Errorf("cannot adopt orphans: %w", err)
	}
	signals := make(chan os.Signal, 64)
	signal.Notify(signals)
	watch, worker, err := start(args, environ)
	if err != nil {
		return 0, err
	}
	ended, alone := reap(worker)
	late := make(chan time.Duration, 1)
	go watch.run(late)
	for {
		select {
		case sig := <-signals:
			forward(worker, sig)
		case status := <-ended:
			endAll(alone)
			return code(status), nil
		case by := <-late:
			endAll(alone) // before anything that could wait
			log.Error("the worker did not extend its deadline: it hangs or is paused, so everything is killed",
				"event", events.Expired, "seconds", by.Seconds())
			return CodeKilled, nil
		}
	}
}

func start(args, environ []string) (*watch, int, error) {
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		return nil, 0, fmt.Errorf("cannot make the pipe to the worker: %w", err)
	}
	alarm, err := clock.NewAlarm()
	if err != nil {
		return nil, 0, err
	}
	const linkFd = 3
	worker, err := syscall.ForkExec("/proc/self/exe", append([]string{os.Args[0]}, args...), &syscall.ProcAttr{
		Env:   append(environ, fmt.Sprintf("%s=%d,%d", LinkVariable, linkFd, os.Getpid())),
		Files: []uintptr{0, 1, 2, uintptr(pipe[1])},
		// A group of its own: what a terminal sends to the group reaches init alone, and is passed on once.
		Sys: &syscall.SysProcAttr{Setpgid: true},
	})
	if err != nil {
		return nil, 0, fmt.Errorf("cannot start the worker: %w", err)
	}
	_ = unix.Close(pipe[1]) // the worker's end is the worker's alone, so that its end can be seen
	return &watch{pipe: pipe[0], alarm: alarm}, worker, nil
}

func forward(worker int, sig os.Signal) {
	switch number, _ := sig.(syscall.Signal); number {
	case syscall.SIGCHLD, syscall.SIGURG, syscall.SIGPIPE:
		// Our own: a child that ended, and what Go's scheduler sends to itself.
	default:
		_ = syscall.Kill(worker, number) // it may have ended just now, which we are told next
	}
}

// reap waits for every process that ends. ended gets the worker's status; alone is closed when no process is left.
func reap(worker int) (ended <-chan unix.WaitStatus, alone <-chan struct{}) {
	status, done := make(chan unix.WaitStatus, 1), make(chan struct{})
	go func() {
		defer close(done)
		for {
			var s unix.WaitStatus
			switch pid, err := unix.Wait4(-1, &s, 0, nil); {
			case err == unix.ECHILD:
				return
			case err == nil && pid == worker:
				status <- s
			}
		}
	}()
	return status, done
}

// endAll kills whatever is left and returns when nothing is. A process may fork while the list is read, so it repeats.
func endAll(alone <-chan struct{}) {
	for {
		if os.Getpid() == 1 {
			_ = unix.Kill(-1, unix.SIGKILL) // nobody left is as good
		} else {
			_, _ = procs.Signal(unix.SIGKILL, os.Getpid()) // the next round tries again
		}
		select {
		case <-alone:
			return
		case <-time.After(2 * time.Millisecond):
		}
	}
}

func code(status unix.WaitStatus) int {
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}
