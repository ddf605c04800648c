// Package entry is the program: init, its worker, or the health check, which are one binary.
package entry

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"botyard/warden/internal/events"
	"botyard/warden/internal/health"
	"botyard/warden/internal/initproc"
	"botyard/warden/internal/settings"
	"botyard/warden/internal/worker"
)

// The exit codes of the warden's own troubles; else it exits with the child's.
const (
	codeTrouble  = 1
	codeSettings = 2
)

// logPatience is how long the last lines may take to be written before the process ends all the same.
const logPatience = time.Second

// Program is the warden.
type Program struct {
	// Adjust changes the settings after they were read. Tests use it for leases shorter than settings allow.
	Adjust func(*settings.Settings)
}

// Run runs the program with its arguments and the process's environment, and returns the code to exit with.
func (p Program) Run(args []string) int {
	if len(args) == 1 && args[0] == "--healthy" {
		return healthy()
	}
	if len(args) > 0 && args[0] == "--exec" { // a one-off task of the service's image, which is no copy of the service
		fmt.Fprintln(os.Stderr, "warden:", become(args[1:]))
		return codeSettings
	}
	set, err := settings.Read(os.Environ(), args)
	if err != nil {
		for line := range strings.Lines(err.Error()) {
			fmt.Fprintln(os.Stderr, "warden: "+strings.TrimSpace(line))
		}
		return codeSettings
	}
	if p.Adjust != nil {
		p.Adjust(&set)
	}
	out := events.NewWriter(os.Stdout)
	defer out.Close(logPatience)
	log := events.NewLogger(out, set.Service)
	var code int
	if link, inside := os.LookupEnv(initproc.LinkVariable); inside {
		code, err = runWorker(set, link, log)
	} else {
		code, err = initproc.Run(args, os.Environ(), log)
	}
	if err != nil {
		log.Error(err.Error(), "event", events.Trouble)
		return codeTrouble
	}
	return code
}

func runWorker(set settings.Settings, value string, log *slog.Logger) (int, error) {
	link, err := initproc.OpenLink(value)
	if err != nil {
		return 0, err
	}
	return worker.Run(set, link, log)
}

func healthy() int {
	socket := os.Getenv("WARDEN_SOCKET")
	if socket == "" {
		socket = settings.DefaultSocket
	}
	state := health.Ask(context.Background(), socket)
	fmt.Println(state.Why)
	if !state.Healthy {
		return 1
	}
	return 0
}
