package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// Event is the name of a dispatch, as deliver.yml waits for it.
const Event = "fleet-code"

// Dispatch asks the repository to deliver its branch of that name.
func (c Client) Dispatch(ctx context.Context, branch string) error {
	if branch == "" {
		return errors.New("which branch? name it: BRANCH=master")
	}
	text, err := json.Marshal(map[string]any{"event_type": Event, "client_payload": map[string]string{"branch": branch}})
	if err != nil {
		return err
	}
	if err := c.call(ctx, http.MethodPost, "dispatches", text, nil); err != nil {
		return fmt.Errorf("cannot ask %s to deliver branch %s: %w; the token must be one that may write its contents", c.Repository, branch, err)
	}
	return nil
}
