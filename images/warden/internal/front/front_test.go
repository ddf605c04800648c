package front_test

import (
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"botyard/warden/internal/front"
)

func open(t *testing.T) *front.Front {
	f, err := front.Listen("127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(f.Close)
	return f
}

// echo is a server that reads to the end and only then answers with all it got.
func echo(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				text, _ := io.ReadAll(conn)
				_, _ = conn.Write(text)
			}()
		}
	}()
	return listener.Addr().String()
}

func dial(t *testing.T, f *front.Front) *net.TCPConn {
	conn, err := net.Dial("tcp", f.Address())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	return conn.(*net.TCPConn)
}

func TestAnEndOfOneHalfIsPassedOn(t *testing.T) {
	f := open(t)
	f.SetTarget(front.Target{Address: echo(t)})
	conn := dial(t, f)
	text := make([]byte, 1<<20)
	_, err := conn.Write(text)
	require.NoError(t, err)
	require.NoError(t, conn.CloseWrite())
	answer, err := io.ReadAll(conn)
	require.NoError(t, err)
	assert.Len(t, answer, 1<<20)
	assert.Eventually(t, func() bool { return f.Open() == 0 }, time.Second, 5*time.Millisecond)
}

// stuck is an address that neither takes a connection nor refuses one, as that of a container which is gone: a listener whose
// queue is full.
func stuck(t *testing.T) string {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = unix.Close(fd) })
	require.NoError(t, unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	require.NoError(t, unix.Listen(fd, 0)) // a queue of one
	bound, err := unix.Getsockname(fd)
	require.NoError(t, err)
	address := fmt.Sprintf("127.0.0.1:%d", bound.(*unix.SockaddrInet4).Port)
	first, err := net.Dial("tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = first.Close() })
	_, err = net.DialTimeout("tcp", address, 50*time.Millisecond)
	require.ErrorContains(t, err, "i/o timeout")
	return address
}

// silent is an address that takes connections and says nothing.
func silent(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().String()
}

func TestAHeldConnectionGoesToANewTargetAtOnce(t *testing.T) {
	for name, gone := range map[string]front.Target{
		"our own child does not answer":   {Address: stuck(t)},
		"the holder's host is gone":       {Address: stuck(t), Holder: "other"},
		"the holder's front says nothing": {Address: silent(t), Holder: "other"},
	} {
		t.Run(name, func(t *testing.T) {
			f := open(t)
			f.SetTarget(gone)
			conn := dial(t, f)
			_, err := conn.Write([]byte("hello"))
			require.NoError(t, err)
			require.NoError(t, conn.CloseWrite())
			time.Sleep(100 * time.Millisecond) // it is on its way there by now
			began := time.Now()
			f.SetTarget(front.Target{Address: echo(t)})
			answer, err := io.ReadAll(conn)
			require.NoError(t, err)
			assert.Equal(t, "hello", string(answer))
			assert.Less(t, time.Since(began), time.Second, "a target that is gone is given up after two seconds at most")
		})
	}
}

func TestAConnectionIsHeldUntilThereIsATarget(t *testing.T) {
	f := open(t)
	conn := dial(t, f)
	_, err := conn.Write([]byte("hello"))
	require.NoError(t, err)
	require.NoError(t, conn.CloseWrite())
	require.Eventually(t, func() bool { return f.Open() == 1 }, time.Second, time.Millisecond)
	f.SetTarget(front.Target{Address: "127.0.0.1:1"}) // nobody there
	time.Sleep(200 * time.Millisecond)
	assert.Equal(t, 1, f.Open(), "still held")
	f.SetTarget(front.Target{Address: echo(t)})
	answer, err := io.ReadAll(conn)
	require.NoError(t, err)
	assert.Equal(t, "hello", string(answer))
}

func TestARefusingFrontGoesOnWithWhatItHas(t *testing.T) {
	f := open(t)
	conn := dial(t, f)
	require.Eventually(t, func() bool { return f.Open() == 1 }, time.Second, time.Millisecond)
	f.Refuse()
	time.Sleep(200 * time.Millisecond)
	_, err := net.Dial("tcp", f.Address())
	require.Error(t, err)
	assert.False(t, f.Idle())
	f.SetTarget(front.Target{Address: echo(t)})
	_, err = conn.Write([]byte("x"))
	require.NoError(t, err)
	require.NoError(t, conn.CloseWrite())
	answer, err := io.ReadAll(conn)
	require.NoError(t, err)
	assert.Equal(t, "x", string(answer))
}

func TestCloseEndsHeldAndSplicedConnections(t *testing.T) {
	f := open(t)
	held := dial(t, f)
	require.Eventually(t, func() bool { return f.Open() == 1 }, time.Second, time.Millisecond)
	f.Close()
	_, err := held.Read(make([]byte, 1))
	assert.ErrorIs(t, err, io.EOF)
}
