package verify

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Verifier asks for the status until all is well.
type Verifier struct {
	// Status is the stack's, as JSON.
	Status func(context.Context) ([]byte, error)
	// Within is how long it may take: a standby, a probe or an alarm may be some minutes behind an update that has ended.
	Within time.Duration
	// Pause is the time between two questions.
	Pause time.Duration
	// Out is told what is waited for.
	Out io.Writer
}

// Run returns once all is well, or with all that is not when the time is over.
func (v Verifier) Run(ctx context.Context) error {
	end := time.Now().Add(v.Within)
	var told []string
	for {
		problems, err := v.ask(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil && len(problems) == 0 {
			fmt.Fprintln(v.Out, "verified: every service runs as wanted and is healthy, and no alarm is on")
			return nil
		}
		if err != nil {
			problems = []string{err.Error()}
		}
		if time.Now().Add(v.Pause).After(end) {
			return fmt.Errorf("the stack is not as it should be after %s:\n%s", v.Within, strings.Join(problems, "\n"))
		}
		if !slices.Equal(problems, told) {
			fmt.Fprintf(v.Out, "waiting, at most until %s: %s\n", end.Format("15:04:05"), strings.Join(problems, "; "))
			told = problems
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(v.Pause):
		}
	}
}

func (v Verifier) ask(ctx context.Context) ([]string, error) {
	status, err := v.Status(ctx)
	if len(status) == 0 && err != nil {
		return nil, fmt.Errorf("there is no status: %w", err)
	}
	return Problems(status) // a status with gaps says so itself
}
