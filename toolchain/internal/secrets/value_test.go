package secrets

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOneLineBreakIsNoPartOfAValue(t *testing.T) {
	for text, want := range map[string]string{
		"token": "token", "token\n": "token", "token\r\n": "token", "token\n\n": "token\n", " a b \n": " a b ", "a\nb\n": "a\nb",
		strings.Repeat("x", 65_536) + "\r\n": strings.Repeat("x", 65_536), "token\r": "token\r",
	} {
		var said bytes.Buffer
		value, err := Read(t.Context(), strings.NewReader(text), &said, "n")
		require.NoError(t, err)
		assert.Equal(t, want, value)
		assert.Empty(t, said.String(), "nobody is prompted who is no person")
	}
}

func TestValuesThatAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                                   "nothing was done: the value is empty; right would be one on standard input, typed or from a program",
		"\n":                                 "nothing was done: the value is empty; right would be one on standard input, typed or from a program",
		strings.Repeat("x", 65_537):          "nothing was done: the value is too long; right would be at most 65536 bytes",
		strings.Repeat("x", 99_999):          "nothing was done: the value is too long; right would be at most 65536 bytes",
		strings.Repeat("x", 65_536) + "\n\n": "nothing was done: the value is too long; right would be at most 65536 bytes",
	} {
		_, err := Read(t.Context(), strings.NewReader(text), io.Discard, "n")
		require.EqualError(t, err, want)
	}
}

func TestAValueThatNeverComes(t *testing.T) {
	in, out := io.Pipe()
	defer out.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Read(ctx, in, io.Discard, "n")
	require.EqualError(t, err, "nothing was done: interrupted: context canceled")
}

func TestATypedValueIsAskedForTwice(t *testing.T) {
	answers := func(values ...string) func() ([]byte, error) {
		return func() ([]byte, error) {
			if len(values) == 0 {
				return nil, errors.New("the terminal is gone")
			}
			value := values[0]
			values = values[1:]
			return []byte(value), nil
		}
	}
	var said bytes.Buffer
	value, err := typed(answers("abc", "abc"), &said, "discord-token")
	require.NoError(t, err)
	assert.Equal(t, "abc", value)
	assert.Equal(t, "Value of discord-token (not shown): \nOnce more: \n", said.String())

	_, err = typed(answers("abc", "abd"), io.Discard, "n")
	require.EqualError(t, err, "the two values differ")
	_, err = typed(answers("abc"), io.Discard, "n")
	require.EqualError(t, err, "the value cannot be read: the terminal is gone")
}

func TestAnErrorThatRepeatsTheValueIsCutShort(t *testing.T) {
	assert.EqualError(t, hidden(errors.New("bad value 's3cret' at s3cret"), "s3cret"), "bad value '[the value]' at [the value]")
	assert.EqualError(t, hidden(errors.New(`bad {"v":"a\"b\nc"}`), "a\"b\nc"), `bad {"v":"[the value]"}`)
	assert.EqualError(t, hidden(errors.New("plain"), "s3cret"), "plain")
	assert.NoError(t, hidden(nil, "s3cret"))
}
