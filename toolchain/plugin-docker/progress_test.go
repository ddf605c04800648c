package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	control "github.com/moby/buildkit/api/services/control"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

func vertex(digest, name, err string, started bool) *control.StatusResponse {
	v := &control.Vertex{Digest: digest, Name: name, Error: err}
	if started {
		v.Started = timestamppb.Now()
	}
	return &control.StatusResponse{Vertexes: []*control.Vertex{v}}
}

func output(digest, text string) *control.StatusResponse {
	return &control.StatusResponse{Logs: []*control.VertexLog{{Vertex: digest, Msg: []byte(text)}}}
}

func TestProgressShowsStepsAndTheirOutput(t *testing.T) {
	var shown []string
	p := newProgress(func(line string) { shown = append(shown, line) }, nil)
	p.update(vertex("a", "[1/2] FROM base", "", false))
	p.update(vertex("a", "[1/2] FROM base", "", true))
	p.update(vertex("a", "[1/2] FROM base", "", true))
	p.update(vertex("b", "[2/2] RUN pip install", "", true))
	p.update(output("b", "\x1b[32mCollecting numpy\x1b[0m\nhalf a "))
	p.update(output("b", "line")) // comes too soon after the last one to be shown
	assert.Equal(t, []string{"[1/2] FROM base", "[2/2] RUN pip install", "[2/2] half a"}, shown)
	assert.Equal(t, []string{"Collecting numpy", "half a line"}, p.steps["b"].lines())
}

func TestCachedStepsAreNotShown(t *testing.T) {
	p := newProgress(func(line string) { t.Errorf("shown: %s", line) }, nil)
	status := vertex("a", "[1/2] RUN x", "", true)
	status.Vertexes[0].Cached = true
	p.update(status)
}

func TestFailureShowsTheLastLinesOfTheFailingStep(t *testing.T) {
	p := newProgress(func(string) {}, nil)
	p.update(vertex("a", "[1/3] RUN other", "", true))
	p.update(output("a", "not this\n"))
	p.update(vertex("b", "[2/3] RUN pip install", "", true))
	for i := 1; i <= 30; i++ {
		p.update(output("b", fmt.Sprintf("line %d\n", i)))
	}
	p.update(output("b", "10%\r50%\r99%"))
	p.update(vertex("a", "[1/3] RUN other", "context canceled", true))
	p.update(vertex("b", "[2/3] RUN pip install", "exit code: 1", true))
	var want []string
	for i := 12; i <= 30; i++ {
		want = append(want, fmt.Sprintf("line %d", i))
	}
	assert.Equal(t, "step [2/3] RUN pip install failed; the end of its output:\n    "+strings.Join(append(want, "99%"), "\n    "), p.failure())
}

func TestNoFailure(t *testing.T) {
	p := newProgress(func(string) {}, nil)
	p.update(vertex("a", "[1/1] RUN x", "", true))
	assert.Empty(t, p.failure())
}

// messages writes the engine's answer to a build.
func messages(t *testing.T, parts ...any) *json.Decoder {
	t.Helper()
	var text strings.Builder
	for _, part := range parts {
		if status, ok := part.(*control.StatusResponse); ok {
			raw, err := proto.Marshal(status)
			require.NoError(t, err)
			part = map[string]any{"id": traceMessage, "aux": raw}
		}
		line, err := json.Marshal(part)
		require.NoError(t, err)
		text.Write(line)
	}
	return json.NewDecoder(strings.NewReader(text.String()))
}

func TestFollow(t *testing.T) {
	result := map[string]any{"id": imageMessage, "aux": map[string]any{"ID": "sha256:abc"}}
	failed := map[string]any{"errorDetail": map[string]any{"message": "executor failed"}}
	cancelled, cancel := context.WithCancelCause(t.Context())
	cancel(errCancelled)
	cases := []struct {
		name    string
		ctx     context.Context
		answer  *json.Decoder
		id, err string
	}{
		{"image", t.Context(), messages(t, vertex("a", "[1/1] FROM x", "", true), result), "sha256:abc", ""},
		{"nothing", t.Context(), messages(t), "", "the engine ended the build without an image"},
		{"failed step", t.Context(), messages(t, output("a", "boom\n"), vertex("a", "[1/1] RUN x", "exit code: 1", true), failed), "",
			"step [1/1] RUN x failed; the end of its output:\n    boom\nthe engine says: executor failed"},
		{"bad Dockerfile", t.Context(), messages(t, failed), "", "executor failed"},
		{"cancelled", cancelled, messages(t, failed), "", "cancelled before the image was done"},
		{"cut off", t.Context(), json.NewDecoder(strings.NewReader(`{"id":`)), "", "the engine's answer broke off: unexpected EOF"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			id, err := follow(c.ctx, c.answer, newProgress(func(string) {}, nil))
			assert.Equal(t, c.id, id)
			if c.err == "" {
				assert.NoError(t, err)
			} else {
				assert.EqualError(t, err, c.err)
			}
		})
	}
}

func TestRedactor(t *testing.T) {
	r := newRedactor("s3cret", "ab", "first line\nlong line of a key\n")
	assert.Equal(t, "x [secret] ab [secret] [secret]", r.text("x s3cret ab long line of a key first line"))
	assert.EqualError(t, r.err(fmt.Errorf("push: %w", errors.New("password s3cret refused"))), "push: password [secret] refused")
	plain := errors.New("plain")
	assert.Same(t, plain, r.err(plain))
	assert.NoError(t, r.err(nil))
}

// A cache that cannot be read is no failure: the builder goes on without it, and another step may fail later.
func TestACacheThatCannotBeReadIsAWarning(t *testing.T) {
	var warned []string
	p := newProgress(func(string) {}, func(text string) { warned = append(warned, text) })
	p.update(vertex("a", "importing cache manifest from ecr.test/bot@sha256:aa", "", true))
	p.update(vertex("a", "importing cache manifest from ecr.test/bot@sha256:aa", "not found", true))
	p.update(vertex("a", "importing cache manifest from ecr.test/bot@sha256:aa", "not found", true))
	p.update(vertex("b", "importing cache manifest from ecr.test/other:1", "context canceled", true))
	assert.Equal(t, []string{"build.cacheFrom: ecr.test/bot@sha256:aa cannot be read, so every step is run: not found"}, warned)
	assert.Empty(t, p.failure())

	p.update(vertex("c", "[2/3] RUN pip install", "exit code: 1", true))
	assert.Equal(t, "step [2/3] RUN pip install failed", p.failure())
}
