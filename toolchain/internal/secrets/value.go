package secrets

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// mostBytes is what Secrets Manager keeps. Source: AWS Secrets Manager API Reference, PutSecretValue, "SecretString".
const mostBytes = 65_536

// Read takes a value from in: typed twice without echo at a terminal, else all that comes, without one line break at its
// end. Prompts go to out. The end of ctx ends it, and leaves the terminal as it was.
func Read(ctx context.Context, in io.Reader, out io.Writer, name string) (string, error) {
	value, err := read(ctx, in, out, name)
	switch {
	case err != nil:
		return "", fmt.Errorf("nothing was done: %w", err)
	case value == "":
		return "", errors.New("nothing was done: the value is empty; right would be one on standard input, typed or from a program")
	case len(value) > mostBytes:
		return "", fmt.Errorf("nothing was done: the value is too long; right would be at most %d bytes", mostBytes)
	}
	return value, nil
}

// read waits for people, and for programs that may never end.
func read(ctx context.Context, in io.Reader, out io.Writer, name string) (string, error) {
	take := func() (string, error) { return piped(in) }
	restore := func() {}
	if file, ok := in.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		fd := int(file.Fd())
		before, err := term.GetState(fd)
		if err != nil {
			return "", fmt.Errorf("the terminal cannot be set up: %w", err)
		}
		restore = func() { _ = term.Restore(fd, before) } // nothing is left to be done about a terminal that is gone
		take = func() (string, error) {
			return typed(func() ([]byte, error) { return term.ReadPassword(fd) }, out, name)
		}
	}
	type taken struct {
		value string
		err   error
	}
	done := make(chan taken, 1)
	go func() {
		value, err := take()
		done <- taken{value, err}
	}()
	select {
	case t := <-done:
		return t.value, t.err
	case <-ctx.Done():
		restore()
		return "", fmt.Errorf("interrupted: %w", ctx.Err())
	}
}

func piped(in io.Reader) (string, error) {
	text, err := io.ReadAll(io.LimitReader(in, mostBytes+3)) // enough to tell that it is too long, with a line break
	if err != nil {
		return "", fmt.Errorf("the value cannot be read: %w", err)
	}
	value, cut := strings.CutSuffix(string(text), "\n")
	if cut {
		value = strings.TrimSuffix(value, "\r")
	}
	return value, nil
}

// typed asks twice: what is not seen is easily mistyped.
func typed(ask func() ([]byte, error), out io.Writer, name string) (string, error) {
	var values [2][]byte
	for i, prompt := range []string{"Value of " + name + " (not shown): ", "Once more: "} {
		fmt.Fprint(out, prompt)
		value, err := ask()
		fmt.Fprintln(out)
		if err != nil {
			return "", fmt.Errorf("the value cannot be read: %w", err)
		}
		values[i] = value
	}
	if subtle.ConstantTimeCompare(values[0], values[1]) == 0 {
		return "", errors.New("the two values differ")
	}
	return string(values[0]), nil
}

// hidden is the error without the value, should AWS repeat what it was sent, as it is or within JSON.
func hidden(err error, value string) error {
	if err == nil {
		return nil
	}
	escaped, _ := json.Marshal(value) // of a string it never fails
	for _, form := range []string{value, strings.Trim(string(escaped), `"`)} {
		if form != "" && strings.Contains(err.Error(), form) {
			err = errors.New(strings.ReplaceAll(err.Error(), form, "[the value]"))
		}
	}
	return err
}
