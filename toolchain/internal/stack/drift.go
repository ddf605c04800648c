package stack

import (
	"context"
	"errors"
	"fmt"

	"botyard/toolchain/internal/run"
)

// Digest previews the stack against what really is, and returns the preview as JSON. It changes neither. Of a preview that
// failed the JSON comes back with the error: the reasons stand in it.
func (s Stack) Digest(ctx context.Context) ([]byte, error) {
	out, err := run.Output(ctx, s.command(s.withConfig("preview", "--refresh", "--json")...))
	if _, logErr := fmt.Fprintln(s.Log, out); logErr != nil {
		err = errors.Join(err, fmt.Errorf("cannot write Pulumi's log: %w", logErr))
	}
	return []byte(out), err
}
