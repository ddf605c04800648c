package live

import (
	"context"
	"errors"
	"fmt"
	"time"

	"botyard/toolchain/internal/drill"
)

const (
	// beyond is how much longer than the lease a holder is kept from renewing it.
	beyond = 10 * time.Second
	// copyFor is how long a second copy is held.
	copyFor = 20 * time.Second
)

// scene is where a fault happens.
type scene struct {
	*Drill
	task  string        // ARN of the task that holds the lease
	lease time.Duration // how long a lease lasts
	at    time.Time     // when the fault happened; zero before
}

// now notes that the fault happens: what comes before only looked.
func (s *scene) now() { s.at = time.Now() }

// happen makes the fault happen and takes it back, also when ctx ends meanwhile.
func (s *scene) happen(ctx context.Context, fault string) error {
	switch fault {
	case drill.SecondCopy:
		return s.secondCopy(ctx)
	case drill.StopTask:
		s.now()
		return s.stop(ctx, s.task)
	case drill.KillHost:
		return s.killHost(ctx)
	}
	id, err := s.Docker.container(ctx, s.task)
	if err != nil {
		return err
	}
	switch fault {
	case drill.KillContainer:
		s.now()
		_, err = docker(ctx, "kill", id)
		return err
	case drill.KillWarden, drill.KillChild:
		return s.killProcess(fault, id)
	case drill.PauseTask:
		s.now()
		return s.Docker.pause(ctx, id, s.lease+beyond)
	case drill.BlockDynamoDB:
		s.now()
		return s.Docker.cutOff(ctx, id, s.lease+beyond)
	}
	return errors.New("there is no fault " + fault)
}

func (s *scene) killProcess(fault, id string) error {
	worker, program, err := s.Docker.processes(id)
	if err != nil {
		return err
	}
	victim := worker
	if fault == drill.KillChild {
		victim = program
	}
	s.now()
	if err := s.Docker.Kill(victim); err != nil {
		return fmt.Errorf("cannot kill process %d of container %.12s: %w", victim, id, err)
	}
	return nil
}
