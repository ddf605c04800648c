package worker

import (
	"context"
	"os"
	"syscall"
	"time"

	"botyard/warden/internal/events"
	"botyard/warden/internal/health"
	"botyard/warden/internal/initproc"
	"botyard/warden/internal/models"
)

// codeNotFetched is the exit code of a warden that could not fetch a model.
const codeNotFetched = 1

// prepare fetches the service's models, and only then competes for the lease: a download must not hold it, and a standby is
// to have them when it takes over. ended tells that nothing follows but to exit with the code.
func (w *Worker) prepare(signals <-chan os.Signal, initEnded <-chan struct{}) (ended bool, code int, err error) {
	if len(w.set.Models) == 0 {
		return false, 0, w.compete()
	}
	// ECS must not take a task for healthy, and stop the one before, that has yet to fetch.
	w.health.Set(health.State{Why: "fetching the models that the service needs"})
	done := make(chan error, 1)
	go func() { done <- w.fetch(context.Background()) }() // ends with the process, if not before
	for {
		select {
		case sig := <-signals:
			if sig == syscall.SIGTERM || sig == syscall.SIGINT {
				return true, 0, nil // what has come stays for the next task
			}
		case <-initEnded:
			return true, initproc.CodeKilled, nil
		case err := <-done:
			if err != nil {
				return w.notFetched(err), codeNotFetched, nil
			}
			return false, 0, w.compete()
		}
	}
}

func (w *Worker) fetch(ctx context.Context) error {
	store, err := models.Open(ctx, w.set.ModelsFolder, w.log)
	if err != nil {
		return err
	}
	environ, held, err := store.GetAll(ctx, w.set.Models)
	w.childEnv, w.held = append(w.childEnv, environ...), held
	return err
}

// notFetched tells whether that ends the warden. It counts as a start: with too many in 24 hours the warden stays, stopped
// for good, as with a child that cannot start. ECS itself would go on starting tasks without a pause.
func (w *Worker) notFetched(err error) bool {
	w.log.Error("a model could not be fetched, so nothing is started: "+err.Error(), "event", events.FetchFailed, "task", w.task.ARN)
	if w.store == nil {
		return true
	}
	ctx, cancel := context.WithTimeout(context.Background(), noteFor)
	defer cancel()
	n := w.noteInTable(ctx, time.Now().Unix())
	if n.err != nil {
		w.log.Warn("the start cannot be remembered", "event", events.Trouble, "error", n.err.Error())
		return true
	}
	if !n.allowed {
		w.stopForGood()
	}
	return n.allowed
}
