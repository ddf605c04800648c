package operate

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// MostReplicas is what the stack's file allows, too.
const MostReplicas = 100

// Scaled is an ECS service whose number of tasks has been set.
type Scaled struct {
	Name     string
	From, To int
}

// Scale sets how many copies of a service run and waits until so many do. Of a singleton that is 0 or 1; its standby is
// set to the same, for it would take over from a copy that is gone.
func (f Fleet) Scale(ctx context.Context, name string, replicas int) ([]Scaled, error) {
	if replicas < 0 || replicas > MostReplicas {
		return nil, fmt.Errorf("%s was to have %d copies; right would be 0 to %d", name, replicas, MostReplicas)
	}
	services, err := f.standing(ctx, name)
	if err != nil {
		return nil, err
	}
	d, err := f.definition(ctx, services[0])
	if err != nil {
		return nil, err
	}
	if d.singleton() && replicas > 1 {
		return nil, fmt.Errorf("nothing was done: %s is a singleton, of which one copy runs under a lease and any other waits; right would be 0 or 1", name)
	}
	var done []Scaled
	for _, service := range services {
		_, err := f.ECS.UpdateService(ctx, &ecs.UpdateServiceInput{
			Cluster: &f.Out.ClusterArn, Service: service.ServiceArn, DesiredCount: aws.Int32(int32(replicas)),
		})
		if err != nil {
			return done, fmt.Errorf("%s cannot be scaled: %w", aws.ToString(service.ServiceName), err)
		}
		done = append(done, Scaled{Name: aws.ToString(service.ServiceName), From: int(service.DesiredCount), To: replicas})
	}
	for _, service := range services {
		if err := f.untilScaled(ctx, aws.ToString(service.ServiceArn), replicas, d.probed()); err != nil {
			return done, err
		}
	}
	return done, nil
}

// untilScaled waits until so many tasks run, and are healthy where ECS will hear of that.
func (f Fleet) untilScaled(ctx context.Context, arn string, replicas int, probed bool) error {
	deadline, told := time.Now().Add(steadyWithin), ""
	for {
		services, err := f.describe(ctx, []string{arn})
		if err != nil {
			return err
		}
		service, name := services[0], aws.ToString(services[0].ServiceName)
		tasks, err := f.tasks(ctx, name)
		if err != nil {
			return err
		}
		fit := fit(tasks, probed)
		if fit == replicas && len(tasks) == replicas && int(service.RunningCount) == replicas {
			return nil
		}
		if state := fmt.Sprintf("%d of %d tasks run, %d of them healthy", service.RunningCount, replicas, fit); state != told {
			fmt.Fprintf(f.Progress, "… %s: %s\n", name, state)
			told = state
		}
		switch {
		case int(service.DesiredCount) != replicas:
			return fmt.Errorf("%s: somebody else has set it to %d copies meanwhile, and has the last word", name, service.DesiredCount)
		case !time.Now().Before(deadline):
			return fmt.Errorf("%s has not %d copies within %s: %s%s. Its log says why: %s", name, replicas, steadyWithin, told, lastEvent(service), f.seeLog(f.owner(arn)))
		}
		if err := sleep(ctx, lookEvery); err != nil {
			return fmt.Errorf("%s: interrupted; ECS goes on by itself: %w", name, err)
		}
	}
}

// fit counts the tasks that run and are not known to be unhealthy or, of probed ones, are known to be healthy.
func fit(tasks []types.Task, probed bool) int {
	count := 0
	for _, task := range tasks {
		healthy := task.HealthStatus == types.HealthStatusHealthy || !probed && task.HealthStatus != types.HealthStatusUnhealthy
		if aws.ToString(task.LastStatus) == "RUNNING" && healthy {
			count++
		}
	}
	return count
}
