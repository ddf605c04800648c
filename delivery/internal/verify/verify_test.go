package verify

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	well = `{"stack": "prod", "services": [
		{"service": "api", "state": "running", "running": 2, "wanted": 2, "standby": "–", "health": "healthy"},
		{"service": "bot", "state": "running", "running": 1, "wanted": 1, "standby": "running", "health": "healthy", "lease": {"state": "held"}}
	], "alarms": [], "insufficientData": 3}`
	ill = `{"services": [
		{"service": "api", "state": "degraded", "running": 1, "wanted": 2, "standby": "–", "health": "unhealthy"},
		{"service": "bot", "state": "running", "running": 1, "wanted": 1, "standby": "missing", "health": "healthy", "lease": {"state": "expired"}},
		{"service": "idle", "state": "stopped", "running": 0, "wanted": 0, "standby": "–", "health": "–"},
		{"service": "new", "state": "running", "running": 1, "wanted": 1, "standby": "–", "health": "unknown"}
	], "alarms": [{"name": "api-errors", "since": "2026-11-25T21:00:00Z", "description": "The service api logs errors"}],
	"errors": ["cannot ask AWS for the backups: denied"]}`
)

func TestAWellStackHasNoProblems(t *testing.T) {
	problems, err := Problems([]byte(well))
	require.NoError(t, err)
	assert.Empty(t, problems)
}

func TestEveryProblemIsNamed(t *testing.T) {
	problems, err := Problems([]byte(ill))
	require.NoError(t, err)
	assert.Equal(t, []string{
		"service api is degraded: 1 of 2 tasks run",
		"service api is not healthy: its health is unhealthy",
		"service bot has a standby that is missing",
		"service bot is a singleton whose lease is expired",
		"service idle is stopped: 0 of 0 tasks run",
		"service idle is not healthy: its health is –",
		"service new is not healthy: its health is unknown",
		"alarm api-errors is on since 2026-11-25T21:00:00Z: The service api logs errors",
		"cannot ask AWS for the backups: denied",
	}, problems)
}

func TestWhatIsNoStatusVerifiesNothing(t *testing.T) {
	for text, want := range map[string]string{
		"":   "the status is no JSON: unexpected end of JSON input; right would be what make status JSON=1 prints",
		"{}": "the status names no service; right would be what make status JSON=1 prints of a stack that is up",
	} {
		_, err := Problems([]byte(text))
		require.EqualError(t, err, want)
	}
}

// verifier gets one answer after the other, the last of them for ever.
func verifier(within time.Duration, answers ...string) (Verifier, *strings.Builder, *int) {
	out, asked := &strings.Builder{}, new(int)
	return Verifier{Within: within, Pause: time.Millisecond, Out: out, Status: func(context.Context) ([]byte, error) {
		text := answers[min(*asked, len(answers)-1)]
		*asked++
		if text == "" {
			return nil, errors.New("yard: exit status 1")
		}
		return []byte(text), nil
	}}, out, asked
}

func TestItWaitsUntilAllIsWell(t *testing.T) {
	v, out, asked := verifier(time.Minute, "", ill, ill, well)
	require.NoError(t, v.Run(t.Context()))
	assert.Equal(t, 4, *asked)
	assert.Equal(t, 2, strings.Count(out.String(), "waiting"), "the same is said once")
	assert.Contains(t, out.String(), ": there is no status: yard: exit status 1\n")
	assert.True(t, strings.HasSuffix(out.String(), "verified: every service runs as wanted and is healthy, and no alarm is on\n"))
}

func TestItFailsWithAllThatIsWrong(t *testing.T) {
	v, _, asked := verifier(20*time.Millisecond, `{"services": [{"service": "a", "state": "starting", "wanted": 1, "standby": "–", "health": "–"}]}`)
	require.EqualError(t, v.Run(t.Context()), "the stack is not as it should be after 20ms:\nservice a is starting: 0 of 1 tasks run\nservice a is not healthy: its health is –")
	assert.Greater(t, *asked, 1)
}

func TestAnInterruptEndsTheWait(t *testing.T) {
	v, _, _ := verifier(time.Hour, ill)
	v.Pause = time.Minute
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	require.ErrorIs(t, v.Run(ctx), context.DeadlineExceeded)
}
