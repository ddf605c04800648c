package front_test

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/warden/internal/front"
)

// holding is the front of a copy that holds the lease under a name, with an echo for a child.
func holding(t *testing.T, name string) *front.Front {
	f := open(t)
	f.SetTarget(front.Target{Address: echo(t)})
	f.SetSelf(name)
	return f
}

func TestAFrontPassesOnToTheHolderAlone(t *testing.T) {
	holder, waiting := holding(t, "host/1"), open(t)
	waiting.SetTarget(front.Target{Address: holder.Address(), Holder: "host/1"})
	for _, text := range []string{"hello", "\x00hello, which is binary", "\x00"} {
		assert.Equal(t, text, exchanged(t, waiting, text), "whatever a user says is passed on")
	}
}

func TestAConnectionIsHeldWhileTheAddressIsSomebodyElses(t *testing.T) {
	// The address of a holder that died may be given to a copy that waits, to this one itself, or to another service.
	waits, other := open(t), answering(t, "HTTP/1.1 400 Bad Request\r\n\r\n")
	waits.SetTarget(front.Target{Address: waits.Address(), Holder: "host/dead"})
	for name, address := range map[string]string{"a copy that waits": waits.Address(), "another service": other, "this copy itself": ""} {
		f := open(t)
		if address == "" {
			address = f.Address()
		}
		f.SetTarget(front.Target{Address: address, Holder: "host/dead"})
		answered := make(chan string)
		go func() { answered <- exchanged(t, f, "GET / HTTP/1.1\r\n\r\n") }()
		for range 30 {
			time.Sleep(10 * time.Millisecond)
			require.LessOrEqual(t, f.Open(), 3, "%s: it goes round and round", name)
			require.LessOrEqual(t, waits.Open(), 3, "%s: it goes round and round", name)
		}
		f.SetTarget(front.Target{Address: echo(t)})
		select {
		case text := <-answered:
			assert.Equal(t, "GET / HTTP/1.1\r\n\r\n", text, name)
		case <-time.After(5 * time.Second):
			t.Fatalf("%s: it is not answered by the new target", name)
		}
	}
}

func TestAFrontThatIsNotMeantTakesNothing(t *testing.T) {
	f := holding(t, "host/2")
	for _, greeting := range []string{"\x00warden host/1\n", "\x00warden \n", "\x00warden host/2"} {
		assert.Empty(t, exchanged(t, f, greeting+"hello"), "%q", greeting)
	}
	assert.Equal(t, "\x06hello", exchanged(t, f, "\x00warden host/2\nhello"))
	f.SetSelf("")
	assert.Empty(t, exchanged(t, f, "\x00warden host/2\nhello"), "it has let go of the lease")
}

// answering is a server that says a text to everybody and hangs up.
func answering(t *testing.T, text string) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, text)
			_ = conn.Close()
		}
	}()
	return listener.Addr().String()
}
