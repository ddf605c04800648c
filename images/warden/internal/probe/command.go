package probe

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// runCommand runs a command with an environment until it ends or the context does.
func runCommand(ctx context.Context, command, environ []string, timeout time.Duration) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	var said bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = environ, &said, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second // what it left behind may keep its output open
	err := cmd.Run()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s: no answer in %s", command[0], timeout)
	}
	text := strings.TrimSpace(said.String())
	return exited(err, fmt.Errorf("%s: %w: %s", command[0], err, text[max(0, len(text)-quoteMost):]))
}
