package live

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"botyard/toolchain/internal/drill"
)

// settings are what the warden of the running tasks was told.
type settings struct {
	lease        time.Duration // how long a lease lasts unless it is renewed
	startsPerDay int           // starts of one revision before the service is stopped for good
}

func (t Target) settings(ctx context.Context) (s settings, err error) {
	service, err := t.service(ctx)
	if err != nil {
		return s, err
	}
	out, err := t.ECS.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: service.TaskDefinition})
	if err != nil {
		return s, fmt.Errorf("cannot read the task definition of %s: %w", t.Name, err)
	}
	seconds := 0
	known := map[string]*int{"WARDEN_LEASE_SECONDS": &seconds, "WARDEN_STARTS_PER_DAY": &s.startsPerDay}
	for _, container := range out.TaskDefinition.ContainerDefinitions {
		for _, variable := range container.Environment {
			to := known[aws.ToString(variable.Name)]
			if to == nil {
				continue
			}
			if *to, err = strconv.Atoi(aws.ToString(variable.Value)); err != nil {
				return s, fmt.Errorf("%s of %s is no whole number: %w", *variable.Name, t.Name, err)
			}
		}
	}
	if seconds == 0 {
		return s, fmt.Errorf("service %s has no lease (no WARDEN_LEASE_SECONDS in %s); right would be a singleton", t.Name, aws.ToString(service.TaskDefinition))
	}
	s.lease = time.Duration(seconds) * time.Second
	return s, nil
}

// affordable refuses a drill that would use up the starts which the warden allows: it would stop the service for good.
func (t Target) affordable(ctx context.Context, s settings, faults []string, repeat int) error {
	l, err := t.lease(ctx)
	if err != nil {
		return err
	}
	needed := 0
	for _, fault := range faults {
		if fault != drill.SecondCopy { // which never gets the lease
			needed += repeat
		}
	}
	if s.startsPerDay == 0 || l.starts+needed <= s.startsPerDay {
		return nil
	}
	return fmt.Errorf("nothing was done: this drill starts %s %d times, %d starts of this revision in the last 24 hours are noted, and its warden "+
		"stops it for good after %d; right would be fewer faults or runs (FAULTS=, REPEAT=), or a larger startsPerDay (at most 100) for it in the stack's file, and up",
		t.Name, needed, l.starts, s.startsPerDay)
}
