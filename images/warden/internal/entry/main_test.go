package entry_test

import (
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"botyard/warden/internal/clock"
	"botyard/warden/internal/entry"
	"botyard/warden/internal/settings"
)

// The test's own program is the warden and its children too: so tests can shorten the lease, which the real program
// does not let anybody do.
const (
	roleVariable   = "TEST_ROLE"
	leaseVariable  = "TEST_LEASE_MILLISECONDS"
	startsVariable = "TEST_STARTS_PER_DAY"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "test-child" {
		os.Exit(testChild(os.Args[2:]))
	}
	if os.Getenv(roleVariable) == "warden" {
		os.Exit(entry.Program{Adjust: adjust}.Run(os.Args[1:]))
	}
	flag.Parse()
	if err := waitSideBySide(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// waitSideBySide lets more tests run at once than there are processors, unless -parallel says how many: they do
// little but wait.
func waitSideBySide() error {
	const atOnce, name = 4, "test.parallel"
	said := false
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == name })
	if said || runtime.GOMAXPROCS(0) >= atOnce {
		return nil
	}
	return flag.Set(name, strconv.Itoa(atOnce))
}

func adjust(s *settings.Settings) {
	if n, err := strconv.Atoi(os.Getenv(leaseVariable)); err == nil {
		s.Lease = time.Duration(n) * time.Millisecond
	}
	if n, err := strconv.Atoi(os.Getenv(startsVariable)); err == nil {
		s.StartsPerDay = n
	}
}

func testChild(args []string) int {
	switch args[0] {
	case "beat":
		return beat(args[1], args[2])
	case "http":
		code := http.StatusOK
		if len(args) > 1 {
			code, _ = strconv.Atoi(args[1])
		}
		return serve(code)
	}
	fmt.Fprintln(os.Stderr, "no such test child:", args)
	return 99
}

// beat connects to a checker, says where and by which token it runs, and then the time since boot every 2 ms. One in
// three does not end on SIGTERM.
func beat(checker, container string) int {
	token, _ := strconv.ParseInt(os.Getenv("LEASE_TOKEN"), 10, 64)
	term := make(chan os.Signal, 1)
	if token%3 == 0 {
		signal.Ignore(syscall.SIGTERM)
	} else {
		signal.Notify(term, syscall.SIGTERM)
	}
	conn, err := net.Dial("tcp", checker)
	if err != nil {
		return 98
	}
	fmt.Fprintf(conn, "%s %d\n", container, token)
	for {
		if err := binary.Write(conn, binary.LittleEndian, int64(clock.Now())); err != nil {
			return 97
		}
		select {
		case <-term:
			return 0
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// serve answers over HTTP with a status and its token, and ends well on SIGTERM.
func serve(status int) int {
	server := &http.Server{Addr: "127.0.0.1:" + os.Getenv("PORT"), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(5 * time.Millisecond)
		w.WriteHeader(status)
		fmt.Fprint(w, os.Getenv("LEASE_TOKEN"))
	})}
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	done := make(chan error, 1)
	go func() {
		<-term
		done <- server.Shutdown(context.Background())
	}()
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		fmt.Fprintln(os.Stderr, err)
		return 96
	}
	if <-done != nil {
		return 95
	}
	return 0
}
