package events_test

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/warden/internal/events"
)

func TestLinesArriveInOrderWithTheirFields(t *testing.T) {
	var out bytes.Buffer
	writer := events.NewWriter(&out)
	log := events.NewLogger(writer, "bot")
	log.Info("one", "event", events.Taken, "token", 3)
	log.Warn("two", "event", events.Gap)
	writer.Close(time.Second)
	var line map[string]any
	decoder := json.NewDecoder(&out)
	require.NoError(t, decoder.Decode(&line))
	assert.NotEmpty(t, line["time"])
	delete(line, "time")
	assert.Equal(t, map[string]any{"level": "INFO", "msg": "one", "source": "warden", "service": "bot", "event": "taken", "token": 3.0}, line)
	require.NoError(t, decoder.Decode(&line))
	assert.Equal(t, "two", line["msg"])
}

func TestAReaderThatDoesNotReadHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reader, stuck := io.Pipe()
		writer := events.NewWriter(stuck)
		for range 5000 {
			n, err := writer.Write([]byte("line\n"))
			require.NoError(t, err)
			require.Equal(t, 5, n)
		}
		began := time.Now()
		writer.Close(time.Second)
		assert.Equal(t, time.Second, time.Since(began), "its patience, and no more")
		require.NoError(t, reader.Close()) // lets the writer's goroutine end
	})
}

// TestALineAfterTheEndIsDropped writes as something in the background does that nobody waits for.
func TestALineAfterTheEndIsDropped(t *testing.T) {
	var out bytes.Buffer
	writer := events.NewWriter(&out)
	written, end := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(written)
		for {
			select {
			case <-end:
				return
			default:
				_, _ = writer.Write([]byte("line\n"))
			}
		}
	}()
	writer.Close(time.Second)
	close(end)
	<-written
	n, err := writer.Write([]byte("late\n"))
	require.NoError(t, err)
	require.Equal(t, 5, n)
}
