package platform

import (
	"errors"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/rollout"
)

// ServiceArgs describes a service: one container that runs all the time.
type ServiceArgs struct {
	// Required.
	Cluster *Cluster
	Names   Namer
	// Image is the reference by digest, and RepositoryArn the repository that it is pulled from.
	Image, RepositoryArn pulumi.StringOutput
	// CPU is CPU units (1024 = one vCPU), Memory MiB. On Fargate they are the task's.
	CPU, Memory int
	Replicas    int
	LogDays     int
	Region      string
	// ARM tells that the image is built for linux/arm64.
	ARM    bool
	Runner Runner
	Alerts *Alerts
	Events *Events
	// ErrorPattern matches the log lines that count as errors, in CloudWatch's filter syntax.
	ErrorPattern string
	// Gates are what must be done before the service is touched: all images, the databases,
	// the one-off tasks of the services whose schema it uses, the values of its secrets.
	Gates []any

	// Optional.
	// Singleton forbids that two copies ever run at once. Without HandsOver the old task is stopped before the new one
	// starts; with it the new one waits for the lease, so that a deploy costs no more than the service's own start.
	Singleton, HandsOver bool
	// Warden is set where the image's entry point is the warden; a singleton needs it.
	Warden      *Warden
	Command     []string
	Port        *Port
	Health      *Health
	Environment map[string]string
	// Secrets are environment names and what ECS injects there: a secret's or parameter's ARN
	// (SecretValue), never the value.
	Secrets map[string]SecretValue
	Volumes []Volume
	// Models are files that the warden fetches before the service starts.
	Models ModelUses
	// Before is the command of a one-off task that must exit 0 before each rollout.
	Before []string
	// Route makes the service public behind the load balancer.
	Route *Route
	// Exec lets people into its tasks by ECS Exec.
	Exec bool
	// Thresholds are the service's own of its alarms, by key.
	Thresholds map[string]float64
}

// Service is an ECS service with all that is its own: log group, roles, task definition,
// target group and rule when it is public, alarms. The update waits until it runs as declared.
type Service struct {
	pulumi.ResourceState

	Arn      pulumi.StringOutput
	LogGroup pulumi.StringOutput
	// Ready is the task definition's ARN once the one-off task has succeeded: what other
	// services' Gates wait for.
	Ready pulumi.StringOutput
	// Running is the digest that runs, known once the rollout has been verified; Revision its task definition's ARN.
	Running, Revision pulumi.StringOutput
	// Standby is the ARN of the ECS service whose task waits for the lease; nil without a standby.
	Standby *pulumi.StringOutput
	// Down names the alarm of a service that is gone, not merely unwell; nil without a warden.
	Down *pulumi.StringOutput
}

// NewService declares the service.
func NewService(ctx *pulumi.Context, name string, args *ServiceArgs, opts ...pulumi.ResourceOption) (*Service, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("service %s: %w", name, err)
	}
	s := &Service{}
	return s, build(ctx, "Service", name, s, opts, func(child pulumi.ResourceOption) error {
		return s.declare(ctx, name, args, child)
	})
}

func (a *ServiceArgs) validate() error {
	switch {
	case a.Singleton && a.Replicas != 1:
		return fmt.Errorf("a singleton has exactly one replica, not %d", a.Replicas)
	case a.Route != nil && a.Port == nil:
		return errors.New("it is public but has no port for the load balancer to forward to")
	case a.Singleton && (a.Warden == nil || a.Warden.LeaseSeconds == 0):
		return errors.New("a singleton needs a warden with a lease")
	case !a.Singleton && (a.HandsOver || a.Warden != nil && a.Warden.LeaseSeconds != 0):
		return errors.New("only a singleton has a lease to hand over")
	case !a.Models.none() && (a.Warden == nil || a.Models.Models == nil):
		return errors.New("models need a warden, which fetches them, and the bucket that they come from")
	case a.Cluster == nil || a.Runner == nil || a.Alerts == nil || a.Events == nil || a.ErrorPattern == "":
		return errors.New("Cluster, Runner, Alerts, Events and ErrorPattern are required")
	}
	return nil
}

func (s *Service) outputs() pulumi.Map {
	outputs := pulumi.Map{"arn": s.Arn, "logGroup": s.LogGroup, "running": s.Running}
	if s.Standby != nil {
		outputs["standby"] = s.Standby
	}
	return outputs
}

func (s *Service) declare(ctx *pulumi.Context, name string, args *ServiceArgs, child pulumi.ResourceOption) error {
	task, err := newServiceTask(ctx, name, args, child)
	if err != nil {
		return err
	}
	s.LogGroup = task.logGroup.Name
	s.Ready = task.definition.Arn
	if len(args.Before) > 0 {
		s.Ready = runOneOff(ctx, args.Runner, args.Cluster, task, rollout.OneOff{
			Name: name + ": before", Container: name, Command: args.Warden.once(args.Before),
		})
	}
	target, err := args.Route.declare(ctx, name, args, child)
	if err != nil {
		return err
	}
	services, err := s.declareECSServices(ctx, name, args, target, child)
	if err != nil {
		return err
	}
	s.Arn = services[0].ID().ToStringOutput()
	if len(services) > 1 {
		arn := services[1].ID().ToStringOutput()
		s.Standby = &arn
	}
	s.Running = running(ctx, name, services, args)
	s.Revision = services[0].TaskDefinition.Elem()
	s.Down, err = declareServiceAlarms(ctx, name, args, task.logGroup, target, child)
	return err
}

// startWithin is how long a singleton that has got its lease may take until its probe holds.
func (a *ServiceArgs) startWithin() time.Duration {
	if a.Health == nil {
		return time.Minute
	}
	return time.Duration(a.Health.StartPeriod+a.Health.Retries*(a.Health.Interval+a.Health.Timeout)) * time.Second
}

// startPeriod is how many seconds a new task may take before load balancer checks count.
func (a *ServiceArgs) startPeriod() int {
	if !a.Models.none() {
		return fetchSeconds
	}
	if a.Health == nil {
		return 60
	}
	return max(60, a.Health.StartPeriod)
}
