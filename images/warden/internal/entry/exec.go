package entry

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"botyard/warden/internal/events"
	"botyard/warden/internal/models"
	"botyard/warden/internal/settings"
)

// become fetches the service's models and replaces this process with the command, without lease, probe or brake. It returns
// only if that fails.
func become(command []string) error {
	if len(command) == 0 {
		return errors.New("--exec names no command: give one behind it, such as --exec python manage.py migrate")
	}
	path, err := exec.LookPath(command[0])
	if err != nil {
		return fmt.Errorf("the command of --exec cannot be run: %w", err)
	}
	environ, held, err := fetch(os.Environ())
	if err != nil {
		return err
	}
	err = syscall.Exec(path, command, environ)
	runtime.KeepAlive(held) // whose files would be closed else
	return fmt.Errorf("cannot become %s: %w", path, err)
}

// fetch adds the paths of the service's models to the environment.
func fetch(environ []string) ([]string, []models.Held, error) {
	set, err := settings.ReadModels(environ)
	if err != nil || len(set.Models) == 0 {
		return environ, nil, err
	}
	out := events.NewWriter(os.Stdout)
	defer out.Close(logPatience)
	store, err := models.Open(context.Background(), set.ModelsFolder, events.NewLogger(out, set.Service))
	if err != nil {
		return nil, nil, err
	}
	paths, held, err := store.GetAll(context.Background(), set.Models)
	if err != nil {
		return nil, nil, fmt.Errorf("a model could not be fetched: %w", err)
	}
	for _, each := range held { // the command holds them, to its end
		if err := each.Inherit(); err != nil {
			return nil, nil, fmt.Errorf("cannot hold %s: %w", each.Path, err)
		}
	}
	return append(environ, paths...), held, nil
}
