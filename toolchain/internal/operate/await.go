package operate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// BeginsWithin is how long AWS may take from a new value to a deployment: an event, the start of a
// document and, of a service with a standby, its look at that one, seconds each.
const BeginsWithin = 2 * time.Minute

// ErrNotBegun is a restart that AWS has not begun within BeginsWithin.
var ErrNotBegun = errors.New("AWS has not restarted it")

// Deployments are ids by the ECS services' ARNs.
type Deployments map[string]string

// Deployments are the newest ones of a service's ECS services.
func (f Fleet) Deployments(ctx context.Context, name string) (Deployments, error) {
	services, err := f.standing(ctx, name)
	if err != nil {
		return nil, err
	}
	newest := Deployments{}
	for _, service := range services {
		newest[aws.ToString(service.ServiceArn)] = primary(service)
	}
	return newest, nil
}

// Await waits for the restart that the stack's rules begin when a secret has a new value (infra/platform/rotation.go): until
// each ECS service has another deployment than before, and is steady. What has been restarted comes back also with an error.
func (f Fleet) Await(ctx context.Context, name string, before Deployments) ([]Restarted, error) {
	services, err := f.standing(ctx, name)
	if err != nil {
		return nil, err
	}
	services = slices.DeleteFunc(services, func(s types.Service) bool { return s.DesiredCount == 0 })
	if len(services) == 0 {
		return nil, fmt.Errorf("%s: %w", name, ErrStopped)
	}
	d, err := f.definition(ctx, services[0])
	if err != nil {
		return nil, err
	}
	slices.Reverse(services) // the rules begin with the standby
	var done []Restarted
	for _, service := range services {
		arn, began := aws.ToString(service.ServiceArn), time.Now()
		id, err := f.untilBegun(ctx, arn, before[arn])
		if err == nil {
			err = f.untilSteady(ctx, arn, id)
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

// untilBegun waits for another deployment than the one before, and returns its id.
func (f Fleet) untilBegun(ctx context.Context, arn, before string) (string, error) {
	for deadline := time.Now().Add(BeginsWithin); ; {
		services, err := f.describe(ctx, []string{arn})
		if err != nil {
			return "", err
		}
		name := aws.ToString(services[0].ServiceName)
		if id := primary(services[0]); id != before {
			return id, nil
		}
		if !time.Now().Before(deadline) {
			fmt.Fprintf(f.Progress, "… %s: AWS has begun no restart within %s\n", name, BeginsWithin)
			return "", fmt.Errorf("%s: %w within %s", name, ErrNotBegun, BeginsWithin)
		}
		if err := sleep(ctx, lookEvery); err != nil {
			return "", fmt.Errorf("%s: interrupted; the restart begins by itself: %w", name, err)
		}
	}
}
