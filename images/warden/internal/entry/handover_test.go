package entry_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNoRequestFailsAcrossHandovers sends requests all the while two wardens hand a service over; like a balancer it
// goes to the other front when one takes no connections.
func TestNoRequestFailsAcrossHandovers(t *testing.T) {
	slow(t, "5 s")
	t.Parallel()
	server := table(t)
	ports := []string{freePort(t), freePort(t)}
	run := func(i int) *warden {
		return start(t, server, leased("3000", "PORT="+ports[i], `WARDEN_PROBE=["true"]`, "ECS_CONTAINER_METADATA_FILE="+metadataFile(t, ports[i])), self(t), "test-child", "http")
	}
	wardens := []*warden{run(0), nil}
	wardens[0].await("started", 1, 5*time.Second)
	wardens[1] = run(1)
	wardens[1].await("waiting", 2, 5*time.Second)
	assert.Equal(t, "127.0.0.1:"+ports[0], server.Item("bot")["address"]["S"])

	var done, failed, slowest atomic.Int64
	tokens := sync.Map{}
	stop := make(chan struct{})
	var clients sync.WaitGroup
	for i := range 4 {
		clients.Go(func() {
			for n := i; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				began := time.Now()
				token, err := ask(ports[n%2], ports[(n+1)%2])
				if err != nil {
					t.Log(err)
					failed.Add(1)
				}
				tokens.Store(token, true)
				slowest.Store(max(slowest.Load(), int64(time.Since(began))))
				done.Add(1)
			}
		})
	}
	for round := range 4 {
		time.Sleep(500 * time.Millisecond)
		i := round % 2
		wardens[i].signal(syscall.SIGTERM)
		assert.Equal(t, 0, wardens[i].code(10*time.Second))
		wardens[1-i].await("started", 1, 5*time.Second)
		wardens[i] = run(i)
		wardens[i].await("waiting", 2, 5*time.Second)
	}
	close(stop)
	clients.Wait()
	distinct := 0
	tokens.Range(func(any, any) bool { distinct++; return true })
	t.Logf("%d requests over 4 handovers, slowest %s", done.Load(), time.Duration(slowest.Load()))
	assert.Zero(t, failed.Load())
	assert.Equal(t, 5, distinct, "each holder has answered")
	assert.Greater(t, done.Load(), int64(200))
	assert.Less(t, time.Duration(slowest.Load()), 5*time.Second)
}

// ask sends one request on a connection of its own, to the second port if nobody listens on the first.
func ask(ports ...string) (string, error) {
	for _, port := range ports {
		conn, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err != nil {
			continue
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(15 * time.Second))
		fmt.Fprint(conn, "GET / HTTP/1.0\r\nHost: bot\r\n\r\n")
		answer, err := io.ReadAll(conn)
		_, body, found := strings.Cut(string(answer), "\r\n\r\n")
		if err != nil || !found || !strings.HasPrefix(string(answer), "HTTP/1.0 "+strconv.Itoa(http.StatusOK)) {
			return "", fmt.Errorf("port %s answered %q, %v", port, answer, err)
		}
		return body, nil
	}
	return "", fmt.Errorf("nobody listens on %v", ports)
}

func freePort(t testing.TB) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
}

func metadataFile(t testing.TB, port string) string {
	file := t.TempDir() + "/metadata.json"
	text := fmt.Sprintf(`{"MetadataFileStatus":"READY","HostPrivateIPv4Address":"127.0.0.1","PortMappings":[{"ContainerPort":%s,"HostPort":%s}]}`, port, port)
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	return file
}
