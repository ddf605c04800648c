package entry

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// become replaces this process with the command, without lease, probe or brake. It returns only if that fails.
func become(command []string) error {
	if len(command) == 0 {
		return errors.New("--exec names no command: give one behind it, such as --exec python manage.py migrate")
	}
	path, err := exec.LookPath(command[0])
	if err != nil {
		return fmt.Errorf("the command of --exec cannot be run: %w", err)
	}
	return fmt.Errorf("cannot become %s: %w", path, syscall.Exec(path, command, os.Environ()))
}
