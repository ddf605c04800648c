package platform

import (
	"encoding/json"
	"maps"
	"slices"

	"botyard/infra/rollout"
)

// appUser is the user and group that every image runs as (images/base).
const appUser = "10001"

// scratchMiB is the size of the writable /tmp that a read-only container gets, MiB.
const scratchMiB = 64

// stopSeconds is how long ECS waits between SIGTERM and SIGKILL.
const stopSeconds = 30

// Port is a container's port.
type Port struct {
	// Container is the port inside; Host the fixed one on the host, or 0 for one that Docker chooses.
	Container, Host int
}

// Health is a service's probe: a command that exits 0 while it works, or with a warden a request or a connection.
type Health struct {
	Command []string
	HTTP    *HTTPProbe
	TCP     *TCPProbe
	// Interval, Timeout and StartPeriod are seconds; Retries is a count.
	Interval, Timeout, Retries, StartPeriod int
}

// HTTPProbe is a request and what answers it while the service works. Its JSON is the warden's.
type HTTPProbe struct {
	Path   string `json:"path"`
	Port   int    `json:"port,omitempty"` // 0: the service's own
	Status int    `json:"status"`
	Body   string `json:"body,omitempty"` // a text in the answer; empty: any
}

// TCPProbe is a connection that the service takes while it works. Its JSON is the warden's.
type TCPProbe struct {
	Port int `json:"port,omitempty"` // 0: the service's own
}

// Volume is a named Docker volume of the host, kept across tasks (EC2), or the task's own
// scratch space (Fargate).
type Volume struct{ Name, Path string }

// container is what a container definition is made of, every value resolved.
type container struct {
	Name, Image string
	CPU, Memory int // CPU units, MiB
	Command     []string
	Port        *Port
	Health      *Health
	Environment map[string]string
	Secrets     map[string]string // environment name → valueFrom
	Volumes     []Volume
	LogGroup    string
	Region      string
	Fargate     bool
	// Exec lets people in by ECS Exec, whose agent writes into the root file system.
	Exec bool
}

type nameValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type nameFrom struct {
	Name      string `json:"name"`
	ValueFrom string `json:"valueFrom"`
}

// definitions is the task definition's container JSON in a canonical form: keys and lists
// sorted, empty lists explicit, so that the same service gives the same text and no revision.
func (c container) definitions() (string, error) {
	definition := map[string]any{
		"name": c.Name, "image": c.Image, "essential": true,
		"cpu": c.CPU, "memory": c.Memory,
		"user": appUser, "privileged": false, "readonlyRootFilesystem": !c.Exec,
		"stopTimeout":     stopSeconds,
		"environment":     c.environment(),
		"secrets":         c.secrets(),
		"portMappings":    c.portMappings(),
		"mountPoints":     c.mountPoints(),
		"volumesFrom":     []any{},
		"systemControls":  []any{},
		"linuxParameters": c.linuxParameters(),
		"logConfiguration": map[string]any{
			"logDriver": "awslogs",
			"options": map[string]string{
				"awslogs-group": c.LogGroup, "awslogs-region": c.Region, "awslogs-stream-prefix": rollout.LogStreamPrefix,
			},
		},
	}
	if len(c.Command) > 0 {
		definition["command"] = c.Command
	}
	if c.Health != nil {
		definition["healthCheck"] = map[string]any{
			"command":  append([]string{"CMD"}, c.Health.Command...),
			"interval": c.Health.Interval, "timeout": c.Health.Timeout,
			"retries": c.Health.Retries, "startPeriod": c.Health.StartPeriod,
		}
	}
	text, err := json.Marshal([]any{definition})
	return string(text), err
}

func (c container) environment() []nameValue {
	list := []nameValue{}
	for _, name := range slices.Sorted(maps.Keys(c.Environment)) {
		list = append(list, nameValue{name, c.Environment[name]})
	}
	return list
}

func (c container) secrets() []nameFrom {
	list := []nameFrom{}
	for _, name := range slices.Sorted(maps.Keys(c.Secrets)) {
		list = append(list, nameFrom{name, c.Secrets[name]})
	}
	return list
}

func (c container) portMappings() []any {
	if c.Port == nil {
		return []any{}
	}
	host := c.Port.Host
	if c.Fargate { // awsvpc: the host port is the container's
		host = c.Port.Container
	}
	return []any{map[string]any{"containerPort": c.Port.Container, "hostPort": host, "protocol": "tcp"}}
}

func (c container) mountPoints() []any {
	points := []any{}
	if c.Fargate {
		points = append(points, mountPoint(scratchVolume, "/tmp"))
	}
	for _, v := range c.Volumes {
		points = append(points, mountPoint(v.Name, v.Path))
	}
	return points
}

func mountPoint(volume, path string) map[string]any {
	return map[string]any{"sourceVolume": volume, "containerPath": path, "readOnly": false}
}

// linuxParameters drops every capability and, on EC2, gives /tmp in memory; Fargate has no
// tmpfs, so /tmp is a volume of the task's there.
// Source: Amazon ECS Developer Guide, "Fargate task definition differences".
func (c container) linuxParameters() map[string]any {
	parameters := map[string]any{"capabilities": map[string]any{"add": []string{}, "drop": []string{"ALL"}}}
	if !c.Fargate {
		parameters["tmpfs"] = []any{map[string]any{
			"containerPath": "/tmp", "size": scratchMiB, "mountOptions": []string{"noexec", "nosuid", "nodev", "mode=1777"},
		}}
	}
	return parameters
}
