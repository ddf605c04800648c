// Package settings reads the warden's settings from the environment, strictly: a value that cannot be used is an
// error that names the variable, and never falls back to a default.
package settings

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"botyard/warden/internal/models"
	"botyard/warden/internal/probe"
)

// Settings is what the warden was told. Durations are exact; zero Lease means that the service needs no lease.
type Settings struct {
	Service string
	Port    int // 0 without one
	Table   string
	// HealthPath is the path of a load balancer's health check; the front answers it while the service cannot.
	HealthPath string
	Lease      time.Duration

	Probe         probe.Probe // none: alive is healthy
	ProbeInterval time.Duration
	ProbeTimeout  time.Duration
	ProbeRetries  int
	ProbeStart    time.Duration

	Stop         time.Duration // between SIGTERM and SIGKILL on an ordered stop
	StartsPerDay int
	Socket       string
	Host         bool // tell how full the host is

	Watch        string        // the folder whose changes restart the child, as make dev sets it; none: empty
	WatchIgnored []string      // paths below it whose changes do not
	Models       []models.File // to fetch before anything starts
	ModelsFolder string

	MetadataURI  string // of ECS, version 4
	MetadataFile string // of ECS, on EC2

	Command []string
}

// The defaults, as README.md lists them.
const (
	DefaultSocket = "/tmp/warden.sock"

	maxSeconds = 24 * 60 * 60
)

// Read reads the environment ("NAME=value" entries) and the service's command. The error joins all that is wrong.
func Read(environ, command []string) (Settings, error) {
	r := newReader(environ)
	s := Settings{
		Service: r.env["SERVICE"], Table: r.env["WARDEN_TABLE"], Socket: r.env["WARDEN_SOCKET"], HealthPath: r.env["WARDEN_HEALTH_PATH"],
		MetadataURI: r.env["ECS_CONTAINER_METADATA_URI_V4"], MetadataFile: r.env["ECS_CONTAINER_METADATA_FILE"],
		Port:          r.whole("PORT", 0, 1, 65535),
		Lease:         r.seconds("WARDEN_LEASE_SECONDS", 0, 5, 300),
		ProbeInterval: r.seconds("WARDEN_PROBE_INTERVAL", 10, 1, maxSeconds),
		ProbeTimeout:  r.seconds("WARDEN_PROBE_TIMEOUT", 5, 1, maxSeconds),
		ProbeRetries:  r.whole("WARDEN_PROBE_RETRIES", 3, 1, 1000),
		ProbeStart:    r.seconds("WARDEN_PROBE_START", 30, 0, maxSeconds),
		Stop:          r.seconds("WARDEN_STOP_SECONDS", 25, 1, maxSeconds),
		StartsPerDay:  r.whole("WARDEN_STARTS_PER_DAY", 20, 1, 100),
		Host:          r.flag("WARDEN_HOST"),
		Watch:         r.env["WARDEN_WATCH"],
		WatchIgnored:  r.list("WARDEN_WATCH_IGNORE"),
		ModelsFolder:  r.modelsFolder(),
		Models:        r.models(),
		Command:       command,
	}
	s.Probe = r.probe("WARDEN_PROBE", s.Port)
	if s.Socket == "" {
		s.Socket = DefaultSocket
	}
	r.together(s)
	return s, errors.Join(r.wrong...)
}

// together checks what no value shows alone.
func (r *reader) together(s Settings) {
	if s.Service == "" {
		r.fail("SERVICE", "is missing", "the service's name, which its lease has too")
	}
	if s.Lease > 0 && s.Table == "" {
		r.fail("WARDEN_TABLE", "is missing though WARDEN_LEASE_SECONDS is set", "the DynamoDB table that holds the leases")
	}
	if s.HealthPath != "" && !strings.HasPrefix(s.HealthPath, "/") {
		r.fail("WARDEN_HEALTH_PATH", fmt.Sprintf("is %q", s.HealthPath), "a path that begins with /, such as /health")
	}
	if s.Watch != "" && !filepath.IsAbs(s.Watch) {
		r.fail("WARDEN_WATCH", fmt.Sprintf("is %q", s.Watch), "the full path of a folder, such as /app")
	}
	if len(s.WatchIgnored) > 0 && s.Watch == "" {
		r.fail("WARDEN_WATCH", "is missing though WARDEN_WATCH_IGNORE is set", "the full path of the folder, such as /app")
	}
	if len(s.Command) == 0 {
		r.wrong = append(r.wrong, errors.New("there is no command to run: give the service's command as the arguments, such as CMD [\"python\", \"-m\", \"bot\"]"))
	}
}

type reader struct {
	env   map[string]string
	wrong []error
}

func newReader(environ []string) *reader {
	r := &reader{env: map[string]string{}}
	for _, entry := range environ {
		if name, value, found := strings.Cut(entry, "="); found {
			r.env[name] = value
		}
	}
	return r
}

func (r *reader) fail(name, what, right string) {
	r.wrong = append(r.wrong, fmt.Errorf("%s %s; right would be %s", name, what, right))
}

func (r *reader) whole(name string, missing, least, most int) int {
	text, set := r.env[name]
	if !set {
		return missing
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		r.fail(name, fmt.Sprintf("is %q", text), fmt.Sprintf("a whole number from %d to %d", least, most))
		return missing
	}
	return n
}

func (r *reader) seconds(name string, missing, least, most int) time.Duration {
	return time.Duration(r.whole(name, missing, least, most)) * time.Second
}

// flag is a switch that is off where it is not set, or set to nothing.
func (r *reader) flag(name string) bool {
	text := r.env[name]
	if text != "" && text != "0" && text != "1" {
		r.fail(name, fmt.Sprintf("is %q", text), "1 for on, 0 or nothing for off")
	}
	return text == "1"
}

// list is paths with : between them, relative and clean.
func (r *reader) list(name string) []string {
	var paths []string
	for path := range strings.SplitSeq(r.env[name], ":") {
		if path == "" && r.env[name] == "" {
			continue
		}
		if !filepath.IsLocal(path) || path != filepath.Clean(path) || path == "." {
			r.fail(name, fmt.Sprintf("has %q", path), "paths below WARDEN_WATCH with : between them, such as tests:docs/drafts")
		}
		paths = append(paths, path)
	}
	return paths
}

// probe reads a probe, whose port is the service's unless it names one.
func (r *reader) probe(name string, port int) probe.Probe {
	text, set := r.env[name]
	if !set {
		return probe.Probe{}
	}
	if _, told := r.env["PORT"]; told && port == 0 {
		port = 1 // it is refused already: what is wrong with it is not the probe's
	}
	read, problems := probe.Parse(text, port)
	for _, p := range problems {
		r.fail(name, p.Is, p.Right)
	}
	return read
}
