package channel

import (
	"sync"
	"time"
)

// patience is how long an answer may take: longer than a front holds a request.
const patience = 20 * time.Second

// Message is one that Talk sent: when its answer came, or why none did.
type Message struct {
	Answered time.Time
	Err      error
}

// Talk sends a message every so often, whether or not the last one was answered, until the function that it returns is
// called; that waits for the answers on their way and returns all, in the order in which they came.
func (c Channel) Talk(sender string, every time.Duration) (stop func() []Message) {
	var all sync.WaitGroup
	var mu sync.Mutex
	var messages []Message
	done := make(chan struct{})
	all.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				all.Go(func() {
					_, err := c.Say(sender, "hello", patience)
					mu.Lock()
					defer mu.Unlock()
					messages = append(messages, Message{Answered: time.Now(), Err: err})
				})
			}
		}
	})
	return func() []Message {
		close(done)
		all.Wait()
		return messages
	}
}
