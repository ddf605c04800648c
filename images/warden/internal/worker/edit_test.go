package worker

import (
	"bytes"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"botyard/warden/internal/child"
	"botyard/warden/internal/front"
	"botyard/warden/internal/lease"
	"botyard/warden/internal/settings"
)

// TestConnectionsAreHeldFromTheEditOn has a child that is about to be asked to end: it may still accept connections, and
// would close them unanswered.
func TestConnectionsAreHeldFromTheEditOn(t *testing.T) {
	w := quiet(&bytes.Buffer{}, settings.Settings{Watch: "/app"})
	machine := lease.New(&lease.Config{Timing: lease.NewTiming(15 * time.Second)})
	w.machine, w.front, w.proc, w.childPort = &machine, &front.Front{}, &child.Child{}, 1234
	assert.Equal(t, front.Target{Address: "127.0.0.1:1234"}, w.target())
	w.edited("bot.py")
	assert.Equal(t, front.Target{}, w.target())
	assert.Equal(t, syscall.SIGTERM, w.termWith)
	assert.Equal(t, editGrace, w.killAt-w.termAt)
	w.termAt, w.killAt = 1, 2
	w.edited("bot.py")
	assert.Equal(t, []time.Duration{1, 2}, []time.Duration{w.termAt, w.killAt}, "one that is being ended gets no more time by another edit")
}

func TestAnEditChangesNothingOfAWardenThatEnds(t *testing.T) {
	var out bytes.Buffer
	w := quiet(&out, settings.Settings{Watch: "/app"})
	w.proc, w.stopping = &child.Child{}, true
	w.edited("bot.py")
	assert.Zero(t, w.termAt)
	code := 0
	w.proc, w.stopping, w.exit = nil, false, &code
	w.edited("bot.py")
	assert.Empty(t, out.String())
}
