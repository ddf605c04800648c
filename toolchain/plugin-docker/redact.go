package main

import (
	"errors"
	"strings"
)

// Shorter texts are not masked: a secret of a letter or two would blank out every log line and hide nothing.
const (
	shortestSecret = 4 // bytes
	shortestLine   = 8 // bytes, of one line of a secret of several lines
)

// redactor masks secret values in texts that people read.
type redactor []string

func newRedactor(secrets ...string) redactor {
	var out redactor
	for _, text := range secrets {
		if len(text) >= shortestSecret {
			out = append(out, text)
		}
		for line := range strings.Lines(text) { // logs are masked line by line
			if line = strings.TrimSpace(line); line != text && len(line) >= shortestLine {
				out = append(out, line)
			}
		}
	}
	return out
}

func (r redactor) text(text string) string {
	for _, hidden := range r {
		text = strings.ReplaceAll(text, hidden, "[secret]")
	}
	return text
}

// err returns the error with its text masked; the chain is cut on purpose, since what is wrapped may hold the secret.
func (r redactor) err(err error) error {
	if err == nil {
		return nil
	}
	if masked := r.text(err.Error()); masked != err.Error() {
		return errors.New(masked)
	}
	return err
}
