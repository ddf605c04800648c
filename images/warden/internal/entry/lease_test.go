package entry_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/warden/internal/dynamotest"
)

func table(t testing.TB) *dynamotest.Server {
	server := dynamotest.New()
	t.Cleanup(server.Close)
	return server
}

func TestHandoverIsQuickAndTheTokenRises(t *testing.T) {
	server := table(t)
	child := []string{"sh", "-c", "echo token $LEASE_TOKEN.; exec sleep 1000"}
	a := start(t, server, leased("3000"), child...)
	a.await("started", 1, 5*time.Second)
	b := start(t, server, leased("3000"), child...)
	b.await("waiting", 2, 5*time.Second)
	code, why := b.healthy()
	assert.Equal(t, 0, code)
	assert.Equal(t, "waiting for the lease", why)
	assert.Empty(t, b.out.events("heartbeat"), "only while its own child runs")
	token := server.Item("bot")["token"]["N"].(string)
	assert.Contains(t, a.out.String(), "token "+token+".")

	began := time.Now()
	a.signal(syscall.SIGTERM)
	assert.Equal(t, 143, a.code(5*time.Second))
	b.await("started", 1, 3*time.Second)
	took := time.Since(began)
	t.Logf("handover: %s", took)
	assert.Less(t, took, 1500*time.Millisecond, "at most one read of the waiting one, and a start")
	first, err := strconv.ParseInt(token, 10, 64)
	require.NoError(t, err)
	assert.Equal(t, strconv.FormatInt(first+1, 10), server.Item("bot")["token"]["N"])
	assert.Len(t, a.out.events("released"), 1)
	assert.Empty(t, b.out.events("failover"), "it was released")
	b.signal(syscall.SIGTERM)
	b.code(5 * time.Second)
	assert.NotContains(t, server.Item("bot"), "holder")
}

func TestAWaitingOneEndsAtOnceWithZero(t *testing.T) {
	server := table(t)
	server.Put("bot", map[string]dynamotest.Value{"holder": {"S": "x"}, "token": {"N": "5"}, "beat": {"N": "1"}, "seconds": {"N": "300"}})
	w := start(t, server, leased("15000"), "sleep", "1000")
	w.await("waiting", 2, 5*time.Second)
	began := time.Now()
	w.signal(syscall.SIGTERM)
	assert.Equal(t, 0, w.code(2*time.Second))
	assert.Less(t, time.Since(began), 300*time.Millisecond)
	assert.Empty(t, w.out.events("started"))
}

func TestItFailsClosedWhenTheTableIsAway(t *testing.T) {
	t.Parallel()
	server := table(t)
	w := start(t, server, leased("3000"), "sh", "-c", `trap "echo got TERM" TERM; while :; do sleep 0.01; done`)
	w.await("started", 1, 5*time.Second)
	time.Sleep(time.Second)
	var last atomic.Int64
	server.SetFault(func(string) dynamotest.Fault {
		last.CompareAndSwap(0, time.Now().UnixNano())
		return dynamotest.Fault{Refuse: "InternalServerError"}
	})
	w.await("expired", 1, 4*time.Second)
	w.awaitText("got TERM", time.Second)
	w.await("ended", 1, 2*time.Second)
	// The first call that failed came a renewal (lease/5) after the last that did not.
	since := time.Since(time.Unix(0, last.Load())) + 600*time.Millisecond
	assert.InDelta(t, 2.8, since.Seconds(), 0.15, "SIGKILL at 14/15 of the lease")
	assert.Equal(t, float64(137), w.out.events("ended")[0]["code"])
	server.SetFault(nil)
	w.await("started", 2, 3*time.Second)
	assert.Len(t, w.out.events("taken"), 2, "under a new token, without waiting for its own old lease")
}

func TestAnOutageThatIsShortEnoughIsSurvived(t *testing.T) {
	t.Parallel()
	server := table(t)
	w := start(t, server, leased("3000"), "sleep", "1000")
	w.await("started", 1, 5*time.Second)
	server.SetFault(func(string) dynamotest.Fault { return dynamotest.Fault{Refuse: "ThrottlingException"} })
	time.Sleep(1400 * time.Millisecond) // up to 11/15 less 1/5 of the lease: 1.6 s
	server.SetFault(nil)
	time.Sleep(2 * time.Second)
	assert.Empty(t, w.out.events("expired"))
	assert.Empty(t, w.out.events("ended"))
	assert.NotEmpty(t, w.out.events("renew-failed"))
}

func TestALeaseThatSomebodyTookKillsTheChildAtOnce(t *testing.T) {
	server := table(t)
	w := start(t, server, leased("3000"), "sh", "-c", `trap "" TERM; while :; do sleep 0.01; done`)
	w.await("started", 1, 5*time.Second)
	item := server.Item("bot")
	item["holder"], item["token"] = dynamotest.Value{"S": "thief"}, dynamotest.Value{"N": "9000000000"}
	server.Put("bot", item)
	w.await("lost", 1, 2*time.Second)
	w.await("ended", 1, 200*time.Millisecond)
	assert.Equal(t, float64(137), w.out.events("ended")[0]["code"])
}

func TestTheBrakeCountsAcrossWardensAndReleases(t *testing.T) {
	server := table(t)
	for range 2 {
		w := start(t, server, leased("3000", startsVariable+"=2"), "sh", "-c", "exit 9")
		assert.Equal(t, 9, w.code(5*time.Second))
		assert.Len(t, w.out.events("released"), 1)
	}
	w := start(t, server, leased("3000", startsVariable+"=2"), "sh", "-c", "exit 9")
	w.await("stopped-for-good", 1, 5*time.Second)
	w.await("released", 1, 5*time.Second)
	assert.Empty(t, w.out.events("started"))
	assert.NotContains(t, server.Item("bot"), "holder")
	require.Eventually(t, func() bool { code, _ := w.healthy(); return code == 1 }, 2*time.Second, 20*time.Millisecond)
}

func TestWithoutALeaseAnUnreachableTableDoesNotPreventAStart(t *testing.T) {
	server := table(t)
	w := start(t, server, nil, "sh", "-c", "exit 6")
	assert.Equal(t, 6, w.code(5*time.Second))
	assert.Len(t, server.Item("bot")["starts"]["L"], 1)
	server.SetFault(func(string) dynamotest.Fault { return dynamotest.Fault{Refuse: "InternalServerError"} })
	w = start(t, server, nil, "sh", "-c", "exit 6")
	assert.Equal(t, 6, w.code(5*time.Second))
	assert.Contains(t, w.out.String(), "the start is remembered in memory only")
}

func TestAPausedWorkerIsEndedByInitAndAPausedInitByItsWorker(t *testing.T) {
	t.Parallel()
	t.Run("worker", func(t *testing.T) {
		w := start(t, table(t), leased("3000"), "sh", "-c", `trap "" TERM; setsid sleep 1000 & while :; do sleep 0.01; done`)
		w.await("started", 1, 5*time.Second)
		below := w.everyone()[1:]
		began := time.Now()
		require.NoError(t, syscall.Kill(w.worker(), syscall.SIGSTOP))
		assert.Equal(t, 137, w.code(4*time.Second))
		assert.LessOrEqual(t, time.Since(began), 2950*time.Millisecond, "29/30 of the lease, and that began earlier")
		assert.Contains(t, w.out.String(), "the worker did not extend its deadline")
		for _, pid := range below {
			assert.NoFileExists(t, procPath(pid, "stat"))
		}
	})
	t.Run("init", func(t *testing.T) {
		server := table(t)
		w := start(t, server, leased("3000", "WARDEN_STOP_SECONDS=1"), "sh", "-c", `trap "" TERM; while :; do sleep 0.01; done`)
		w.await("started", 1, 5*time.Second)
		w.signal(syscall.SIGSTOP)
		server.SetFault(func(string) dynamotest.Fault { return dynamotest.Fault{Refuse: "InternalServerError"} })
		w.await("ended", 1, 4*time.Second)
		server.SetFault(nil)
		w.await("started", 2, 3*time.Second)
		w.signal(syscall.SIGCONT)
		time.Sleep(300 * time.Millisecond)
		assert.Len(t, w.out.events("ended"), 1, "init reads the deadline that was extended meanwhile before it judges")
		w.signal(syscall.SIGTERM)
		w.code(30 * time.Second)
	})
}

func TestALogThatNobodyReadsDoesNotHoldUpTheLease(t *testing.T) {
	t.Parallel()
	server := table(t)
	reader, full, err := os.Pipe()
	require.NoError(t, err)
	defer reader.Close()
	defer full.Close()
	fd := int(full.Fd()) // asked for once: each time makes it blocking
	require.NoError(t, syscall.SetNonblock(fd, true))
	for err = nil; err == nil; {
		_, err = syscall.Write(fd, make([]byte, 4096))
	}
	require.Equal(t, syscall.EAGAIN, err)
	require.NoError(t, syscall.SetNonblock(fd, false))
	w := start(t, server, leased("1500"), "true") // for its environment
	w.code(5 * time.Second)

	stuck := exec.Command(self(t), "sh", "-c", "exec sleep 1000")
	stuck.Env, stuck.Stdout = w.cmd.Env, full
	require.NoError(t, stuck.Start())
	require.Eventually(t, func() bool { return server.Item("bot")["holder"] != nil }, 5*time.Second, 10*time.Millisecond)
	holder := server.Item("bot")["holder"]
	time.Sleep(3 * time.Second)
	assert.Equal(t, holder, server.Item("bot")["holder"], "two leases later it is still the same")
	require.NoError(t, stuck.Process.Signal(syscall.SIGTERM))
	_ = stuck.Wait() // the exit code says it
	assert.Equal(t, 143, stuck.ProcessState.ExitCode())
}

func TestAGapHoldsTheChildStillUntilTheLeaseIsConfirmed(t *testing.T) {
	t.Parallel()
	server := table(t)
	w := start(t, server, leased("3000"), "sh", "-c", `while :; do sleep 0.01; done`)
	w.await("started", 1, 5*time.Second)
	time.Sleep(700 * time.Millisecond)
	server.SetFault(func(string) dynamotest.Fault { return dynamotest.Fault{Delay: 300 * time.Millisecond} })
	worker := w.worker()
	require.NoError(t, syscall.Kill(worker, syscall.SIGSTOP))
	time.Sleep(500 * time.Millisecond)
	require.NoError(t, syscall.Kill(worker, syscall.SIGCONT))
	stopped := func() bool {
		stat, _ := os.ReadFile(procPath(w.childPid(), "stat"))
		return strings.Contains(string(stat), ") T ")
	}
	assert.Eventually(t, stopped, 250*time.Millisecond, 5*time.Millisecond)
	w.await("gap", 1, time.Second)
	assert.Eventually(t, func() bool { return !stopped() }, time.Second, 5*time.Millisecond)
	assert.Empty(t, w.out.events("ended"))
}

// TestNoRequestFailsAcrossHandovers sends requests all the while two wardens hand a service over; like a balancer it
// goes to the other front when one takes no connections.
func TestNoRequestFailsAcrossHandovers(t *testing.T) {
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
