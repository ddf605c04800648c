package config

// Service is one container that runs all the time.
type Service struct {
	// Image is the layer that it runs.
	Image string `key:"image,required"`
	// Singleton forbids that two copies ever run at once.
	Singleton bool `key:"singleton"`
	// LeaseSeconds is how long a singleton's lease lasts unless it is renewed; 0 for other services.
	LeaseSeconds int `key:"leaseSeconds"`
	// StartsPerDay is how often one revision may start within 24 hours.
	StartsPerDay int `key:"startsPerDay"`
	Replicas     int `key:"replicas"`
	// CPU is CPU units, 1024 = one vCPU.
	CPU int `key:"cpu,required"`
	// Memory is MiB, a hard limit.
	Memory int `key:"memory,required"`
	// Command replaces the image's.
	Command  []string         `key:"command"`
	Port     *Port            `key:"port"`
	Public   *Public          `key:"public"`
	Database *ServiceDatabase `key:"database"`
	// Before is the command of a one-off task that must exit 0 before each rollout.
	Before      []string          `key:"before"`
	Environment map[string]string `key:"environment"`
	// Secrets are names of Config.Secrets by environment variable.
	Secrets map[string]string `key:"secrets"`
	// Models are what the service fetches, by the environment variable that gets the file's path.
	Models  map[string]ServiceModel `key:"models"`
	Volumes []Volume                `key:"volumes"`
	Health  Health                  `key:"health,required"`
	// LogDays is how long log lines are kept.
	LogDays int `key:"logDays"`
	// Exec lets people into its tasks by ECS Exec, at the price of a root file system that can be written to.
	Exec bool `key:"exec"`
	// ErrorPattern matches the log lines that count as errors, in CloudWatch's filter syntax.
	ErrorPattern string `key:"errorPattern"`
	// Alarms are thresholds of the service's own, by key of the table's scope service.
	Alarms map[string]float64 `key:"alarms"`
}

// HandsOver tells that a deploy of the service is a handover: the new task waits for the lease of the old one. A fixed port
// of the host rules that out, because the two cannot have it at once; the old task is stopped first then.
func (c *Config) HandsOver(service string) bool {
	s := c.Services[service]
	return s.Singleton && (s.Port == nil || s.Port.Host == 0 || c.Hosts.Fargate())
}

// Port is the port that a service listens on.
type Port struct {
	Container int `key:"container,required"`
	// Host is a fixed port of the host; 0 leaves the choice to Docker.
	Host int `key:"host"`
}

// Public puts a service behind the load balancer.
type Public struct {
	// Path is the path pattern whose requests the service gets.
	Path string `key:"path,required"`
	// HealthPath answers 200 while the service works.
	HealthPath string `key:"healthPath"`
}

// ServiceDatabase is a service's access to one database of the stack's instance.
type ServiceDatabase struct {
	Name   string `key:"name,required"`
	Access string `key:"access,required"`
}

// What a service may do with a database.
const (
	AccessOwner = "owner" // creates and changes tables
	AccessWrite = "write" // reads and writes rows
	AccessRead  = "read"  // reads rows
)

// Volume is a folder that outlives the container.
type Volume struct {
	Name string `key:"name,required"`
	// Path is where the container sees it.
	Path string `key:"path,required"`
}

// Health is the service's probe: a command, a request or a connection. Exactly one of them is set.
type Health struct {
	// Command exits 0 while the service works; it runs inside the container, without a shell.
	Command []string `key:"command"`
	// HTTP and TCP are probed by the warden.
	HTTP *HTTPProbe `key:"http"`
	TCP  *TCPProbe  `key:"tcp"`
	// Interval, Timeout and StartPeriod are seconds.
	Interval    int `key:"interval"`
	Timeout     int `key:"timeout"`
	Retries     int `key:"retries"`
	StartPeriod int `key:"startPeriod"`
}

// HTTPProbe is a request that the service answers while it works.
type HTTPProbe struct {
	Path string `key:"path,required"`
	// Port is the container's; 0: the service's own.
	Port   int `key:"port"`
	Status int `key:"status"`
	// Body is a text that the answer's body has in it; empty: any.
	Body string `key:"body"`
}

// TCPProbe is a connection that the service takes while it works.
type TCPProbe struct {
	// Port is the container's; 0: the service's own.
	Port int `key:"port"`
}
