package front

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

const (
	// lineFor is how long a client may take to say what it wants.
	lineFor = time.Second
	// lineMost is the longest beginning of a request that is looked at: a load balancer's is a few dozen bytes.
	lineMost = 1024
)

// Answer is what the front itself says to a load balancer's health check.
type Answer struct {
	Path string // of the check
	Code int    // such as 200
}

// SetAnswer makes the front answer health checks in the service's place; nil passes them on like all else. A copy that
// waits would pass them on to the holder, and be called unhealthy, and replaced, with a holder that is dead: in just the
// seconds in which it takes over.
func (f *Front) SetAnswer(answer *Answer) { f.answer.Store(answer) }

// SetSelf says which holder we are to other fronts; empty is none, and they are turned away.
func (f *Front) SetSelf(holder string) { f.self.Store(&holder) }

// sort is what kind of connection a client has opened.
type sort int

const (
	fromUser  sort = iota // goes to the target
	fromFront             // goes to our own child or nowhere
	over                  // has been answered, or is turned away
)

// look finds out what a connection is, and returns it with all that is still to be read.
func (f *Front) look(client net.Conn) (net.Conn, sort) {
	seen := &peeked{Conn: client, reader: bufio.NewReaderSize(client, lineMost)}
	_ = client.SetReadDeadline(time.Now().Add(lineFor))
	defer func() { _ = client.SetReadDeadline(time.Time{}) }()
	first, err := seen.reader.Peek(1)
	if err != nil { // it says nothing at first, or nothing at all
		return seen, fromUser
	}
	if first[0] == greeting[0] && seen.begins(greeting) {
		line := seen.line(greetingMost)
		own := *f.self.Load()
		if own == "" || line != greeting+own+"\n" {
			return seen, over
		}
		_, _ = seen.reader.Discard(len(line)) // it was peeked at, so it is there
		return seen, fromFront
	}
	if answer := f.answer.Load(); answer != nil && strings.HasPrefix(seen.line(lineMost), "GET "+answer.Path+" ") {
		answer.write(client)
		return seen, over
	}
	return seen, fromUser
}

func (a *Answer) write(client net.Conn) {
	_ = client.SetWriteDeadline(time.Now().Add(lineFor))
	text := http.StatusText(a.Code)
	_, _ = fmt.Fprintf(client, "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		a.Code, text, len(text), text) // a checker that has gone needs no answer
}

// peeked is a connection whose beginning has been looked at and is read again.
type peeked struct {
	net.Conn
	reader *bufio.Reader
}

// begins tells whether that is how it begins.
func (p *peeked) begins(text string) bool {
	begun, err := p.reader.Peek(len(text))
	return err == nil && string(begun) == text
}

// line is the first line with its break, without reading it; empty if there is none of at most so many bytes in time.
func (p *peeked) line(most int) string {
	for n := 1; n <= most; n++ {
		begun, err := p.reader.Peek(n)
		if err != nil {
			return ""
		}
		if begun[n-1] == '\n' {
			return string(begun)
		}
	}
	return ""
}

// Read reads what was looked at first.
func (p *peeked) Read(b []byte) (int, error) { return p.reader.Read(b) }

// CloseWrite ends our half of the connection, if it can be ended alone.
func (p *peeked) CloseWrite() error {
	half, ok := p.Conn.(closeWriter)
	if !ok {
		return p.Close()
	}
	return half.CloseWrite()
}

// closeWriter is a connection of which one half can be ended alone.
type closeWriter interface{ CloseWrite() error }
