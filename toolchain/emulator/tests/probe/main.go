// Command probe is what the emulator's tests run as a task: one static binary that does what MODE says.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "health" {
		os.Exit(health())
	}
	fmt.Println("started", os.Getenv("MODE"))
	switch os.Getenv("MODE") {
	case "exit": // end at once with CODE
		fmt.Println("last line")
		os.Exit(number("CODE", 1))
	case "lines": // write COUNT lines and end
		for i := range number("COUNT", 10) {
			fmt.Println("line", i)
		}
	case "oom": // use memory without end
		var kept [][]byte
		for {
			block := make([]byte, 4<<20)
			for i := range block {
				block[i] = 1
			}
			kept = append(kept, block)
			fmt.Fprint(io.Discard, len(kept))
		}
	case "inspect":
		inspect()
	default:
		serve()
	}
}

// inspect tells what the container was given.
func inspect() {
	status, err := os.ReadFile("/proc/self/status")
	fmt.Println("capabilities", field(string(status), "CapEff:"), err)
	fmt.Println("user", os.Getuid())
	fmt.Println("root writable", os.WriteFile("/probe-was-here", nil, 0o600) == nil)
	fmt.Println("tmp writable", os.WriteFile("/tmp/probe-was-here", nil, 0o600) == nil)
	fmt.Println("first process", os.Getpid() == 1)
	var limit syscall.Rlimit
	// The hard limit only: Go itself raises the soft one.
	fmt.Println("files", syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit), limit.Max)
	for _, name := range strings.Fields(os.Getenv("SHOW")) {
		fmt.Println(name, os.Getenv(name))
	}
	fmt.Println("metadata", get(os.Getenv("ECS_CONTAINER_METADATA_URI_V4")+"/task"))
	fmt.Println("container", get(os.Getenv("ECS_CONTAINER_METADATA_URI_V4")))
	if url := os.Getenv("ASK"); url != "" {
		fmt.Println("asked", get(url))
	}
	fmt.Println("identity", get(os.Getenv("AWS_ENDPOINT_URL")+"/?Action=GetCallerIdentity&Version=2011-06-15"))
	if file := os.Getenv("APPEND"); file != "" {
		before, _ := os.ReadFile(file) // not there the first time
		fmt.Println("kept", string(before), os.WriteFile(file, append(before, '+'), 0o600))
	}
}

// serve tells its metadata and answers VERSION until SIGTERM; it goes GRACE_MS later, or never if STUBBORN is set.
func serve() {
	terminate := make(chan os.Signal, 1)
	signal.Notify(terminate, syscall.SIGTERM)
	go func() {
		for range terminate {
			fmt.Println("told to stop")
			if os.Getenv("STUBBORN") == "" {
				time.Sleep(time.Duration(number("GRACE_MS", 0)) * time.Millisecond)
				fmt.Println("bye")
				os.Exit(0)
			}
		}
	}()
	fmt.Println("container", get(os.Getenv("ECS_CONTAINER_METADATA_URI_V4")))
	var answered atomic.Int64
	http.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		if n := int(answered.Add(1)); os.Getenv("SICK_AFTER") != "" && n > number("SICK_AFTER", 0) {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Duration(number("DELAY_MS", 0)) * time.Millisecond)
		fmt.Fprintln(w, os.Getenv("VERSION"), r.URL.Path)
	})
	fmt.Println(http.ListenAndServe(":8000", nil))
	os.Exit(1)
}

func health() int {
	response, err := http.Get("http://127.0.0.1:8000/healthz")
	if err != nil || response.StatusCode != http.StatusOK {
		return 1
	}
	return 0
}

func get(url string) string {
	response, err := http.Get(url)
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err.Error()
	}
	return strings.Join(strings.Fields(string(body)), " ")
}

func number(name string, otherwise int) int {
	value, err := strconv.Atoi(os.Getenv(name))
	if err != nil {
		return otherwise
	}
	return value
}

func field(text, name string) string {
	_, rest, _ := strings.Cut(text, name)
	value, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(value)
}
