// Package parts builds what the toolchain consists of, each part once for what it is built from.
package parts

import (
	"context"
	"time"

	"botyard/toolchain/internal/cache"
	"botyard/toolchain/internal/step"
)

// unusedFor is how long an entry of an earlier key stays in the cache after its last use.
const unusedFor = 30 * 24 * time.Hour

// Part is one thing that is built once and then taken from the cache.
type Part struct {
	Name  string                                                       // of the cache entry, the step and its log
	Title string                                                       // what the reader sees
	Class string                                                       // limit it shares with others, see step.Runner
	Key   string                                                       // hash of what it is built from
	Make  func(ctx context.Context, dir string, task *step.Task) error // fills the empty folder dir
}

// Path is where the part is, once its step has ended.
func (p Part) Path(store cache.Store) string {
	return store.Path(p.Name, p.Key)
}

// Step makes the part unless the cache has it.
func (p Part) Step(store cache.Store, needs ...string) step.Step {
	return step.Step{
		Name: p.Name, Title: p.Title, Class: p.Class, Needs: needs,
		Run: func(ctx context.Context, task *step.Task) error {
			waiting := func() { task.Say("waiting for another build of the same, by another clone") }
			_, made, err := store.Ensure(ctx, p.Name, p.Key, waiting, func(ctx context.Context, dir string) error {
				return p.Make(ctx, dir, task)
			})
			if err != nil {
				return err
			}
			if !made {
				task.Keep("from the cache")
				return nil
			}
			removed, err := store.Prune(p.Name, p.Key, time.Now().Add(-unusedFor))
			for _, name := range removed {
				task.Say("removed %s from the cache: unused for 30 days", name)
			}
			return err
		},
	}
}
