package main

import (
	"errors"
	"strings"
	"time"

	"botyard/tests/channel"
)

const (
	handedOver   = "longest silence of the bot at its deploy: a handover"
	stoppedFirst = "longest silence of the bot at its deploy: the old task stopped first"
)

// measureSilence deploys a change of the bot in two ways while people talk to it.
func (y *yard) measureSilence(rows *table) error {
	seconds, err := y.silenceAtDeploy()
	if err != nil {
		return err
	}
	rows.note(row{work: handedOver, seconds: seconds, against: stoppedFirst})
	restore, err := y.stopFirst()
	if err != nil {
		return err
	}
	if seconds, err = y.silenceAtDeploy(); err == nil {
		rows.note(row{work: stoppedFirst, seconds: seconds})
	}
	return errors.Join(err, restore())
}

// silenceAtDeploy deploys a change of the bot while messages are sent to it every 50 ms, and returns the longest time in
// which none was answered, in seconds.
func (y *yard) silenceAtDeploy() (float64, error) {
	bot, err := channel.Local(y.dir)
	if err != nil {
		return 0, err
	}
	stop := bot.Talk("bench", 50*time.Millisecond)
	err = y.withGreeting(func(string) error { return y.make("up") })
	var answered []time.Time
	for _, message := range stop() {
		if message.Err == nil {
			answered = append(answered, message.Answered)
		}
	}
	if len(answered) < 2 {
		return 0, errors.Join(err, errors.New("the bot answered no message during the deploy"))
	}
	var longest time.Duration
	for i := range answered[1:] {
		longest = max(longest, answered[i+1].Sub(answered[i]))
	}
	return longest.Seconds(), err
}

// stopFirst lays a fixed host port on the bot, and takes the standby away: its deploys stop the old task before the new one
// starts (minimum 0, maximum 100 percent), as without a lease.
func (y *yard) stopFirst() (restore func() error, err error) {
	restore, err = y.edit("Pulumi.local.yaml", func(text string) (string, error) {
		const own = "    bot: {secrets: {DISCORD_TOKEN: null}}\n"
		edited := strings.Replace(text, own, "    bot: {secrets: {DISCORD_TOKEN: null}, port: {host: 5005}}\n", 1)
		if edited == text {
			return "", errors.New("Pulumi.local.yaml does not hold the line that is to be changed: " + strings.TrimSpace(own))
		}
		return edited + "  botyard:hosts: {failover: none}\n", nil // the file ends inside config
	})
	if err != nil {
		return nil, err
	}
	return restore, y.make("up")
}
