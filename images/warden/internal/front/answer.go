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
	// lineFor is how long a client may take to say what it wants, where that has to be known.
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

// answered answers a health check and tells that it did. Otherwise it returns a connection on which all can be read.
func (f *Front) answered(client net.Conn) (net.Conn, bool) {
	answer := f.answer.Load()
	if answer == nil {
		return client, false
	}
	reader := bufio.NewReaderSize(client, lineMost)
	_ = client.SetReadDeadline(time.Now().Add(lineFor))
	asks := false
	for n := 1; n <= lineMost; n++ {
		begun, err := reader.Peek(n)
		if err != nil { // it says nothing, or has said all
			break
		}
		if begun[n-1] == '\n' {
			asks = strings.HasPrefix(string(begun), "GET "+answer.Path+" ")
			break
		}
	}
	_ = client.SetReadDeadline(time.Time{})
	if !asks {
		return &peeked{Conn: client, reader: reader}, false
	}
	_ = client.SetWriteDeadline(time.Now().Add(lineFor))
	text := http.StatusText(answer.Code)
	_, _ = fmt.Fprintf(client, "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		answer.Code, text, len(text), text) // a checker that has gone needs no answer
	return client, true
}

// peeked is a connection whose beginning has been looked at and is read again.
type peeked struct {
	net.Conn
	reader *bufio.Reader
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
