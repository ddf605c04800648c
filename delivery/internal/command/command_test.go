package command

import (
	"context"
	"errors"
	"flag"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheNamedCommandRuns(t *testing.T) {
	var got []string
	commands := []Command{
		{"good", "goes well", func(_ context.Context, args []string) error { got = args; return nil }},
		{"bad", "fails", func(context.Context, []string) error { return errors.New("one\ntwo") }},
	}
	var said strings.Builder
	assert.Equal(t, 0, run(t.Context(), "p", []string{"good", "--x", "1"}, commands, &said))
	assert.Equal(t, []string{"--x", "1"}, got)
	assert.Empty(t, said.String())

	assert.Equal(t, 1, run(t.Context(), "p", []string{"bad"}, commands, &said))
	assert.Equal(t, "p bad: one\np bad: two\n", said.String())

	said.Reset()
	assert.Equal(t, 2, run(t.Context(), "p", []string{"unknown"}, commands, &said))
	assert.Equal(t, "p does one of these:\n  good             goes well\n  bad              fails\n", said.String())

	said.Reset()
	stopped, stop := context.WithCancel(t.Context())
	stop()
	assert.Equal(t, 130, run(stopped, "p", []string{"bad"}, commands, &said))
	assert.Equal(t, "p bad: stopped\n", said.String())
}

func TestParseRefusesWhatItDoesNotKnow(t *testing.T) {
	flags := flag.NewFlagSet("x", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	name := flags.String("name", "", "a name")
	require.NoError(t, Parse(flags, []string{"--name", "a"}))
	assert.Equal(t, "a", *name)
	require.EqualError(t, Parse(flags, []string{"b"}), `there is "b" too much; it takes flags only: see --help`)
	require.ErrorIs(t, Parse(flags, []string{"--unknown"}), flag.ErrHelp)
}
