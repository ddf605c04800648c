package entry_test

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// life is one child, as the checker saw it. The times are those since boot at which the child itself said that it
// runs, so that a slow network or checker does not look like an overlap.
type life struct {
	container string
	token     int64
	beats     []time.Duration
}

// checker is what children connect to.
type checker struct {
	listener net.Listener
	mutex    sync.Mutex
	lives    []*life
	open     sync.WaitGroup
}

func newChecker(t testing.TB) *checker {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	c := &checker{listener: listener}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			c.open.Go(func() { c.watch(conn) })
		}
	}()
	return c
}

func (c *checker) watch(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	l := &life{}
	if line, err := in.ReadString('\n'); err != nil {
		return
	} else if _, err := fmt.Sscanf(line, "%s %d", &l.container, &l.token); err != nil {
		return
	}
	c.mutex.Lock()
	c.lives = append(c.lives, l)
	c.mutex.Unlock()
	for {
		var beat [8]byte
		if _, err := io.ReadFull(in, beat[:]); err != nil {
			return
		}
		c.mutex.Lock()
		l.beats = append(l.beats, time.Duration(binary.LittleEndian.Uint64(beat[:])))
		c.mutex.Unlock()
	}
}

// last is the youngest beat, 0 before the first.
func (c *checker) last() time.Duration {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	youngest := time.Duration(0)
	for _, l := range c.lives {
		if len(l.beats) > 0 {
			youngest = max(youngest, l.beats[len(l.beats)-1])
		}
	}
	return youngest
}

// overlap is a beat of a child after the first beat of one with a higher token, or of a later one with the same.
type overlap struct {
	container string
	token     int64
	later     int64
	beat      time.Duration
}

// close waits for the children to have ended and returns their lives by their tokens, and those with one token by their first beats.
func (c *checker) close() []*life {
	_ = c.listener.Close()
	c.open.Wait()
	lives := slices.DeleteFunc(c.lives, func(l *life) bool { return len(l.beats) == 0 })
	slices.SortFunc(lives, func(a, b *life) int {
		return cmp.Or(cmp.Compare(a.token, b.token), cmp.Compare(a.beats[0], b.beats[0]))
	})
	return lives
}

func overlaps(lives []*life) []overlap {
	var found []overlap
	for i, a := range lives {
		for _, b := range lives[i+1:] {
			for _, beat := range a.beats {
				if beat > b.beats[0] {
					found = append(found, overlap{a.container, a.token, b.token, beat})
				}
			}
		}
	}
	return found
}
