package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"botyard/toolchain/internal/run"
	"botyard/toolchain/internal/setup"
	"botyard/toolchain/internal/stack"
	"botyard/toolchain/internal/step"
)

func upCommand() *cobra.Command {
	var name string
	var emulated bool
	cmd := &cobra.Command{
		Use: "up", Short: "Set the machine up and bring the stack up", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := open(os.Stdout)
			if err != nil {
				return err
			}
			t, err := s.here(name, emulated)
			if err != nil {
				return err
			}
			if !t.local() {
				return fmt.Errorf("stack %s is for AWS; with its credentials at hand: eval \"$(make -s env STACK=%s)\" && pulumi up -s %s. "+
					"To bring it up on this machine's emulator: yard up --stack %s --emulated", name, name, name, name)
			}
			unlock, err := s.lock(cmd.Context())
			if err != nil {
				return err
			}
			defer unlock()
			return s.up(cmd.Context(), t)
		},
	}
	cmd.Flags().StringVar(&name, "stack", "local", "the stack to bring up")
	cmd.Flags().BoolVar(&emulated, "emulated", false, "bring a stack of AWS up on the emulator, in a state of its own")
	return cmd
}

// up sets up, brings the stack up and shows what runs. A stack that cannot be repaired after an interruption is made
// anew, once: it holds nothing that outlives this machine.
func (s site) up(ctx context.Context, t target) error {
	began := time.Now()
	ready, err := s.setup.Run(ctx, setup.Machine)
	if err != nil {
		return err
	}
	if ready, err = s.agree(ctx, ready, t); err != nil {
		return err
	}
	if err := s.putBack(ctx, ready); err != nil { // Pulumi would not see it: its state knows what it deployed itself
		return err
	}
	updating := time.Now()
	repaired, err := s.update(ctx, ready, t)
	var failed *stack.UpdateError
	if errors.As(err, &failed) && failed.Conflict != "" && repaired {
		fmt.Printf("\nAn interrupted run left what cannot be taken over (%s). Making everything anew.\n", failed.Conflict)
		if ready, err = s.anew(ctx); err != nil {
			return err
		}
		_, err = s.update(ctx, ready, t)
	}
	timings := append(ready.Timings, step.Timing{Name: "pulumi-up", Seconds: step.Seconds(time.Since(updating)), Result: result(err)})
	err = errors.Join(err, s.setup.Note("up", began, timings))
	if err != nil {
		s.showAfterFailure(ctx, ready, t)
		return err
	}
	fmt.Printf("\nUp in %s.\n", step.Elapsed(time.Since(began)))
	args := []string{"--next", "--strict"}
	if t.own { // of another one make would ask AWS
		args = append(args, "--stack", t.name)
	}
	return s.show(ctx, ready, t, os.Stdout, args...)
}

func result(err error) string {
	if err != nil {
		return "failed"
	}
	return "made"
}

// agree makes sure that Pulumi's state and the emulator's belong together; if not, both go.
func (s site) agree(ctx context.Context, ready setup.Ready, t target) (setup.Ready, error) {
	paired, err := s.setup.Paired(ctx, ready, t.backend, t.outputs)
	if err != nil || paired {
		return ready, errors.Join(err, s.pair(ready, t, err == nil))
	}
	fmt.Println("The emulator no longer has what Pulumi's state describes. Making everything anew.")
	if ready, err = s.anew(ctx); err != nil {
		return ready, err
	}
	return ready, s.setup.Pair(ready, t.backend)
}

func (s site) pair(ready setup.Ready, t target, wanted bool) error {
	if !wanted {
		return nil
	}
	return s.setup.Pair(ready, t.backend)
}

// anew removes all that runs have made here and sets up again.
func (s site) anew(ctx context.Context) (setup.Ready, error) {
	if err := s.down(ctx); err != nil {
		return setup.Ready{}, err
	}
	return s.setup.Run(ctx, setup.Machine)
}

// update runs Pulumi, after the repair of what an earlier run left. It tells whether there was anything to repair.
func (s site) update(ctx context.Context, ready setup.Ready, t target) (repaired bool, err error) {
	log, err := s.pulumiLog()
	if err != nil {
		return false, err
	}
	defer log.Close()
	if err := s.prepare(ctx, ready, &t); err != nil {
		return false, err
	}
	pulumi := s.pulumi(ready, t, log)
	if _, err := pulumi.FreeLocks(ctx, say); err != nil {
		return false, err
	}
	if err := pulumi.Ensure(ctx); err != nil {
		return false, err
	}
	marker := filepath.Join(t.backend, "unfinished-"+t.name)
	_, statErr := os.Stat(marker)
	repaired = statErr == nil
	done, err := pulumi.RepairPending(ctx)
	if err != nil {
		return repaired, err
	}
	if done != nil {
		repaired = true
		fmt.Printf("Repaired what an interrupted run left: %d taken over, %d forgotten, %d read anew.\n", len(done.Adopted), len(done.Dropped), len(done.Read))
	}
	if err := os.WriteFile(marker, nil, 0o644); err != nil {
		return repaired, fmt.Errorf("cannot note that an update has begun: %w", err)
	}
	if err := pulumi.Up(ctx, t.only...); err != nil {
		return repaired, err
	}
	if err := os.Remove(marker); err != nil {
		return repaired, fmt.Errorf("cannot note that the update has ended: %w", err)
	}
	return repaired, s.keepOutputs(ctx, pulumi, t)
}

// prepare writes the generated config, if the target needs one, and makes what an AWS account would have.
func (s site) prepare(ctx context.Context, ready setup.Ready, t *target) (err error) {
	generated := s.clone.Own("config", "Pulumi."+t.name+".yaml")
	if !t.emulated {
		t.config, err = stack.Salted(s.clone.Root, t.name, generated)
		return err
	}
	t.config = generated
	if err := stack.Overlay(s.clone.Root, t.name, t.config); err != nil {
		return err
	}
	zone, err := stack.Zone(s.clone.Root, t.name)
	if err != nil || zone == "" {
		return err
	}
	return run.Cmd{Name: ready.AWS, Args: []string{"zone", zone}, Env: ready.Env(), Stdout: os.Stdout, Stderr: os.Stderr}.Run(ctx)
}
