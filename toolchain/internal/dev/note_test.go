package dev_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/dev"
)

func TestANoteIsReadAsItWasWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dev.json")
	none, err := dev.Read(path)
	require.NoError(t, err)
	assert.Nil(t, none)
	grace := int32(30)
	for _, note := range []dev.Note{
		{
			Service: "bot", Source: "images/bot", Began: time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC), Revision: "arn:td/bot:9",
			Own: dev.Own{ARN: "arn:s/bot", TaskDefinition: "arn:td/bot:4", Breaker: true, Rollback: true, Grace: &grace}, Standby: &dev.Standby{ARN: "arn:s/standby", Desired: 1},
		},
		{Service: "listener", Own: dev.Own{ARN: "a", TaskDefinition: "b"}},
	} {
		require.NoError(t, note.Write(path))
		read, err := dev.Read(path)
		require.NoError(t, err)
		assert.Equal(t, &note, read)
	}
	require.NoError(t, dev.Remove(path))
	require.NoError(t, dev.Remove(path))
	assert.NoFileExists(t, path)
}

func TestANoteThatIsNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dev.json")
	for text, why := range map[string]string{
		"":                   "unexpected end of JSON input",
		`{"service": "bot"}`: "it names no service, or not what it ran before",
	} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		_, err := dev.Read(path)
		assert.EqualError(t, err, "cannot read the note of make dev, "+path+": "+why+"; right would be the file as yard wrote it, or make down and make up, which begin anew")
	}
}
