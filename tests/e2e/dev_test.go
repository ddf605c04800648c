//go:build e2e

package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// shared is what a program that still runs has printed.
type shared struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// developing is a make dev that runs.
type developing struct {
	cmd   *exec.Cmd
	out   shared
	ended chan struct{}
}

// develop starts make dev for the bot and waits until it runs from its source.
func (c *clone) develop(t *testing.T) *developing {
	t.Helper()
	d := &developing{cmd: c.command(t.Context(), "dev", "SERVICE=bot"), ended: make(chan struct{})}
	d.cmd.Stdout, d.cmd.Stderr = &d.out, &d.out
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, d.cmd.Start())
	go func() { _ = d.cmd.Wait(); close(d.ended) }()
	t.Cleanup(func() { // does nothing after the step's own end
		_ = syscall.Kill(-d.cmd.Process.Pid, syscall.SIGINT)
		<-d.ended
		t.Logf("make dev:\n%s", tail(d.out.String(), 60))
	})
	waitFor(t, 2*time.Minute, "the bot runs from its source", func() bool { return strings.Contains(d.out.String(), "bot runs from images/bot, mounted on /app") })
	return d
}

// answersWith waits until the bot's answer has a text.
func (c *clone) answersWith(t *testing.T, text string) {
	t.Helper()
	began := time.Now()
	for time.Since(began) < 30*time.Second {
		if strings.Contains(c.say(t, "ada", "hello")[0], text) {
			t.Logf("%q is live after %s", text, time.Since(began).Round(10*time.Millisecond)) // how fast is for make bench
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("the bot's answer has no %q after 30 s", text)
}

// fromSource edits the bot while it runs from its source, breaks it, mends it, and leaves: by Ctrl-C, and by a kill that
// the next up repairs.
func fromSource(t *testing.T, c *clone) {
	c.must(t, "up")
	before, digests := c.runningTasks(t)["bot"], c.digests(t)
	path := filepath.Join(c.dir, "images/bot/bot/replies.py")
	original, err := os.ReadFile(path)
	require.NoError(t, err)
	greet := func(greeting string) {
		edited := strings.Replace(string(original), `GREETING = "Hello from botyard"`, `GREETING = "`+greeting+`"`, 1)
		require.NotEqual(t, string(original), edited)
		require.NoError(t, os.WriteFile(path, []byte(edited), 0o644))
	}
	t.Cleanup(func() { require.NoError(t, os.WriteFile(path, original, 0o644)) })

	d := c.develop(t)
	developed := c.runningTasks(t)["bot"]
	require.Len(t, developed, 1, "its standby is out")
	require.Contains(t, c.must(t, "status").out, "bot runs from images/bot and not from its image")
	greet("Edited once")
	c.answersWith(t, "Edited once, ada!")
	greet("Edited twice")
	c.answersWith(t, "Edited twice, ada!")
	require.NoError(t, os.WriteFile(path, []byte("def broken(:\n"), 0o644))
	waitFor(t, 30*time.Second, "the log says that the source is broken", func() bool {
		return strings.Contains(d.out.String(), "SyntaxError") && strings.Contains(d.out.String(), "edit-awaited")
	})
	greet("Mended")
	c.answersWith(t, "Mended, ada!")
	require.Equal(t, developed, c.runningTasks(t)["bot"], "it has been the same container all the time")
	require.Equal(t, digests, c.digests(t), "nothing was built")

	require.NoError(t, syscall.Kill(-d.cmd.Process.Pid, syscall.SIGINT))
	<-d.ended
	require.Regexp(t, `bot runs its deployed image again \(botyard-local-bot:\d+\), and its standby is back \(1\)`, d.out.String())
	c.asDeployed(t, before)

	// Both halves of yard, as when the machine goes down: each of them alone would still put the service back.
	d = c.develop(t)
	greet("Killed")
	c.answersWith(t, "Killed, ada!")
	sh(t, c.dir, `pkill -KILL -f "yard-aws dev --outputs $PWD/"; kill -KILL "$(cat .botyard/lock)" || true`)
	<-d.ended
	require.FileExists(t, filepath.Join(c.dir, ".botyard", "dev.json"))
	require.NoError(t, os.WriteFile(path, original, 0o644))
	result := c.must(t, "up")
	require.Contains(t, result.out, "A make dev was cut off. Putting service bot back on its deployed image.")
	require.Regexp(t, `\b\d+ unchanged`, result.out)
	c.asDeployed(t, before)
	c.pulumi(t, "preview --stack local --expect-no-changes --non-interactive")
}

// asDeployed holds that the bot and its standby run the revision that they ran before.
func (c *clone) asDeployed(t *testing.T, before []running) {
	t.Helper()
	require.NoFileExists(t, filepath.Join(c.dir, ".botyard", "dev.json"))
	waitFor(t, time.Minute, "the bot's tasks are the deployed ones", func() bool {
		tasks := c.runningTasks(t)["bot"]
		return len(tasks) == 2 && tasks[0].definition == before[0].definition && tasks[1].definition == before[0].definition
	})
	c.holder(t)
	c.answersWith(t, "Hello from botyard")
}
