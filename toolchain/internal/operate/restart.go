package operate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Restarted is an ECS service whose tasks are all new.
type Restarted struct {
	Name string
	Took time.Duration
}

// Restart puts new tasks in the place of a service's, by forced deployments: its own and its standby's, one after the other.
//
// Of a singleton the one whose task holds the lease comes last. So the lease changes hands once, and whoever takes it then
// is new already, with the secrets as they are now. What has been restarted comes back also with an error.
func (f Fleet) Restart(ctx context.Context, name string) ([]Restarted, error) {
	services, err := f.standing(ctx, name)
	if err != nil {
		return nil, err
	}
	services = slices.DeleteFunc(services, func(s types.Service) bool { return s.DesiredCount == 0 })
	if len(services) == 0 {
		return nil, fmt.Errorf("%s: %w. Right would be make scale SERVICE=%s REPLICAS=1%s, which starts it", name, ErrStopped, name, f.stack())
	}
	d, err := f.definition(ctx, services[0])
	if err != nil {
		return nil, err
	}
	if d.singleton() {
		if err := f.holderLast(ctx, name, services); err != nil {
			return nil, err
		}
	}
	var done []Restarted
	for _, service := range services {
		began := time.Now()
		id, err := f.force(ctx, service)
		if err == nil {
			err = f.untilSteady(ctx, aws.ToString(service.ServiceArn), id)
		}
		if err != nil {
			return done, err
		}
		done = append(done, Restarted{Name: aws.ToString(service.ServiceName), Took: time.Since(began)})
	}
	if d.singleton() {
		return done, f.untilHeld(ctx, name, services)
	}
	return done, nil
}

// ErrStopped is a service that is scaled to nothing.
var ErrStopped = errors.New("it is scaled to 0 tasks, so there is nothing to restart")

// holderLast sorts the ECS services of a singleton: the one that holds the lease last, or its own if that cannot be told.
func (f Fleet) holderLast(ctx context.Context, name string, services []types.Service) error {
	held, err := f.lease(ctx, name)
	if err != nil {
		return err
	}
	last, err := f.holding(ctx, services, held)
	if err != nil {
		return err
	}
	slices.SortStableFunc(services, func(a, b types.Service) int {
		return order(aws.ToString(a.ServiceName) == orElse(last, name)) - order(aws.ToString(b.ServiceName) == orElse(last, name))
	})
	return nil
}

func order(last bool) int {
	if last {
		return 1
	}
	return 0
}

// Names are the restarted ECS services' names, sorted.
func Names(all []Restarted) string {
	names := make([]string, len(all))
	for i, each := range all {
		names[i] = each.Name
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
