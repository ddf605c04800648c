package setup

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"botyard/toolchain/internal/run"
)

// idFile marks the emulator's state and each state of Pulumi that describes it with one id. A state of one without the
// other is worthless: someone has removed half, or a run was killed between the two.
const idFile = "botyard-pair"

// Paired tells whether the state in backend describes what the emulator has. A stack that was never up is paired.
// outputs is where the last update's outputs are, if there was one; they name something that must still exist.
func (s Setup) Paired(ctx context.Context, ready Ready, backend, outputs string) (bool, error) {
	theirs, err := readID(ready.Emulator.StateDir())
	if err != nil {
		return false, err
	}
	ours, err := readID(backend)
	if err != nil {
		return false, err
	}
	if ours == "" {
		return true, nil
	}
	if ours != theirs {
		return false, nil
	}
	if _, err := os.Stat(outputs); errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	answer, err := run.Output(ctx, run.Cmd{Name: ready.AWS, Args: []string{"alive", "--outputs", outputs}, Env: ready.Env()})
	if err != nil {
		return false, fmt.Errorf("cannot ask the emulator what it has: %w", err)
	}
	return answer == "alive", nil
}

// Pair marks the state in backend as describing the emulator's.
func (s Setup) Pair(ready Ready, backend string) error {
	id, err := readID(ready.Emulator.StateDir())
	if err != nil {
		return err
	}
	if id == "" {
		id = rand.Text()
		if err := writeID(ready.Emulator.StateDir(), id); err != nil {
			return err
		}
	}
	return writeID(backend, id)
}

func readID(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, idFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("cannot tell whether the states belong together: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

func removeID(dir string) error {
	if err := os.Remove(filepath.Join(dir, idFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot mark the states as belonging together no more: %w", err)
	}
	return nil
}

func writeID(dir, id string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("cannot mark the states as belonging together: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, idFile), []byte(id+"\n"), 0o644); err != nil {
		return fmt.Errorf("cannot mark the states as belonging together: %w", err)
	}
	return nil
}
