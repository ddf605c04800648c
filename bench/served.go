package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"botyard/tests/channel"
)

const (
	// askEvery is how often the bot is asked, and what a measured time may be too long: more often would slow down what
	// is measured.
	askEvery = 100 * time.Millisecond
	askFor   = 5 * time.Second // the longest that one answer may take
	servedIn = 5 * time.Minute // after that nobody answers
)

// oneLineServed measures the row by a change of one line of the bot, from the start of its deploy to the first answer with
// it. The deploy goes on until it has seen the new bot healthy; that is waited for too, and a failure of it is one of the
// measurement.
func (y *yard) oneLineServed(rows *table, r row, deploy func() error) error {
	return y.withGreeting(func(greeting string) error {
		ctx, cancel := context.WithCancelCause(context.Background())
		defer cancel(nil)
		ended := make(chan error, 1)
		err := rows.timed(r, func() error {
			go func() {
				err := deploy()
				if err != nil {
					cancel(errors.New("its deploy failed"))
				}
				ended <- err
			}()
			return y.served(ctx, greeting)
		})
		return errors.Join(err, <-ended)
	})
}

var greetingLine = regexp.MustCompile(`(?m)^GREETING = ".*"$`)

// withGreeting calls do with one line of the bot changed to a greeting that it never had.
func (y *yard) withGreeting(do func(greeting string) error) error {
	greeting := fmt.Sprintf("Measured at %d", time.Now().UnixNano())
	restore, err := y.edit("images/bot/bot/replies.py", func(text string) (string, error) {
		return greetingLine.ReplaceAllString(text, fmt.Sprintf("GREETING = %q", greeting)), nil
	})
	if err != nil {
		return err
	}
	return errors.Join(do(greeting), restore())
}

func (y *yard) served(ctx context.Context, greeting string) error {
	bot, err := channel.Local(y.dir)
	if err != nil {
		return err
	}
	return answers(ctx, bot, greeting)
}

// answers waits until the channel's bot greets with the greeting.
func answers(ctx context.Context, bot channel.Channel, greeting string) error {
	ctx, cancel := context.WithTimeout(ctx, servedIn)
	defer cancel()
	ticker := time.NewTicker(askEvery)
	defer ticker.Stop()
	for {
		texts, err := bot.Say("bench", "hello", askFor)
		if err == nil && len(texts) == 1 && strings.Contains(texts[0], greeting) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the bot does not answer %q: %w; last: %w", greeting, context.Cause(ctx), errors.Join(err, errors.New(strings.Join(texts, " "))))
		case <-ticker.C:
		}
	}
}
