package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// bodyMost is how much of a body is looked at, bytes; also how long the answer's headers may be.
const bodyMost = 64 << 10

// run sends the request on a connection of its own: one that was kept would not show that new ones are accepted.
func (h HTTP) run(ctx context.Context, timeout time.Duration) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base(h.Port)+h.Path, nil)
	if err != nil {
		return fmt.Errorf("GET %s: %w", h.Path, err)
	}
	request.Header.Set("User-Agent", "warden")
	// The transport alone follows no redirect, and with no Proxy given it takes none.
	transport := &http.Transport{DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: bodyMost}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return fmt.Errorf("GET %s: %w", h.Path, h.failure(ctx, err, timeout))
	}
	defer response.Body.Close()
	if response.StatusCode == h.Status && h.Body == "" {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, bodyMost))
	switch {
	case response.StatusCode != h.Status: // whatever of the body came says why
		return asked(response, fmt.Errorf("GET %s: status %d, not %d%s", h.Path, response.StatusCode, h.Status, quoted(body)))
	case err != nil:
		return fmt.Errorf("GET %s: %w", h.Path, h.failure(ctx, err, timeout))
	case !strings.Contains(string(body), h.Body):
		return fmt.Errorf("GET %s: body has no %q%s", h.Path, h.Body, quoted(body))
	}
	return nil
}

// failure is why no answer came.
func (h HTTP) failure(ctx context.Context, err error, timeout time.Duration) error {
	var dial *net.OpError
	if ctx.Err() == nil && errors.As(err, &dial) && dial.Op == "dial" {
		return TCP{h.Port}.failure(ctx, err, timeout)
	}
	return reason(ctx, err, timeout)
}

func (t TCP) run(ctx context.Context, timeout time.Duration) error {
	connection, err := new(net.Dialer).DialContext(ctx, "tcp", address(t.Port))
	if err != nil {
		return t.failure(ctx, err, timeout)
	}
	_ = connection.Close() // that it was opened is all that was asked
	return nil
}

func (t TCP) failure(ctx context.Context, err error, timeout time.Duration) error {
	return fmt.Errorf("port %d: %w", t.Port, reason(ctx, err, timeout))
}

// reason is an error without the addresses and system calls that Go puts before it.
func reason(ctx context.Context, err error, timeout time.Duration) error {
	var number syscall.Errno
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("no answer in %s", timeout)
	case errors.As(err, &number):
		return number
	}
	return err
}

// quoted is the beginning of a body, as the end of an error.
func quoted(body []byte) string {
	text := []rune(strings.TrimSpace(strings.ToValidUTF8(string(body), "\uFFFD")))
	if len(text) == 0 {
		return ""
	}
	return ": " + string(text[:min(len(text), quoteMost)])
}

// address is the child's own: never the front's, which passes on to whoever holds the lease.
func address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

func base(port int) string { return "http://" + address(port) }
