package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"botyard/tests/channel"
)

// silenceAtDeploy deploys a change of the bot while messages are sent to it every 50 ms, and returns the longest time in
// which none was answered, in seconds.
func (y *yard) silenceAtDeploy(greeting string) (float64, error) {
	bot, err := channel.Local(y.dir)
	if err != nil {
		return 0, err
	}
	stop := bot.Talk("bench", 50*time.Millisecond)
	err = y.deployGreeting(greeting)
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
func (y *yard) stopFirst() error {
	path := filepath.Join(y.dir, "Pulumi.local.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	const own = "    bot: {secrets: {DISCORD_TOKEN: null}}\n"
	edited := strings.Replace(string(text), own, "    bot: {secrets: {DISCORD_TOKEN: null}, port: {host: 5005}}\n", 1)
	edited += "  botyard:hosts: {failover: none}\n" // the file ends inside config
	if !strings.Contains(edited, "port: {host: 5005}") {
		return fmt.Errorf("%s does not hold the line %q that is to be changed", path, strings.TrimSpace(own))
	}
	if err := os.WriteFile(path, []byte(edited), 0o644); err != nil {
		return err
	}
	return y.make("up")
}
