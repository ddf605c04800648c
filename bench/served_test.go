package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"botyard/tests/channel"
)

func TestAnswersWaitsForTheGreetingUntilTheDeployHasFailed(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		text := "Hello"
		if asked > 2 {
			text = "Measured at 1, bench!"
		}
		fmt.Fprintf(w, `[{"recipient_id": "bench", "text": %q}]`, text)
	}))
	defer server.Close()
	bot := channel.Channel{Base: server.URL}
	require.NoError(t, answers(t.Context(), bot, "Measured at 1"))
	require.Equal(t, 3, asked)

	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("its deploy failed"))
	require.EqualError(t, answers(ctx, bot, "Measured at 2"), `the bot does not answer "Measured at 2": its deploy failed; last: Measured at 1, bench!`)
}
