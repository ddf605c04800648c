package operate

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"botyard/toolchain/internal/dev"
)

// PutBack has the service run what it ran before its source did, with all of its settings. ECS goes on by itself from there;
// UntilBack waits for it. What somebody else has deployed meanwhile stays.
func (d Developer) PutBack(ctx context.Context, note dev.Note) (Back, error) {
	back := Back{note: note}
	found, err := d.found(ctx, arnsOf(note))
	if err != nil {
		return back, err
	}
	if own, ok := found[note.Own.ARN]; ok {
		in := &ecs.UpdateServiceInput{
			Cluster: &d.Out.ClusterArn, Service: &note.Own.ARN, HealthCheckGracePeriodSeconds: note.Own.Grace,
			DeploymentConfiguration: breaker(note.Own.Breaker, note.Own.Rollback),
		}
		switch now := aws.ToString(own.TaskDefinition); now {
		case note.Own.TaskDefinition:
		case note.Revision:
			in.TaskDefinition = &note.Own.TaskDefinition
		default:
			fmt.Fprintf(d.Progress, "… %s: somebody has deployed %s meanwhile, which stays\n", note.Service, short(now))
		}
		out, err := d.ECS.UpdateService(ctx, in)
		if err != nil {
			return back, fmt.Errorf("%s cannot be put back on %s: %w", note.Service, short(note.Own.TaskDefinition), err)
		}
		if in.TaskDefinition != nil {
			back.deployment = primary(*out.Service)
		}
	}
	if note.Standby == nil {
		return back, nil
	}
	if standby, ok := found[note.Standby.ARN]; ok && standby.DesiredCount == 0 && note.Standby.Desired > 0 {
		_, err := d.ECS.UpdateService(ctx, &ecs.UpdateServiceInput{Cluster: &d.Out.ClusterArn, Service: &note.Standby.ARN, DesiredCount: &note.Standby.Desired})
		if err != nil {
			return back, fmt.Errorf("the standby of %s cannot be started again: %w", note.Service, err)
		}
		back.standby = true
	}
	return back, nil
}

// arnsOf are the note's ECS services: the service's own and, after it, its standby's.
func arnsOf(note dev.Note) []string {
	if note.Standby == nil {
		return []string{note.Own.ARN}
	}
	return []string{note.Own.ARN, note.Standby.ARN}
}

// Back is what has been put back and is not waited for yet.
type Back struct {
	note       dev.Note
	deployment string // of the service; empty if there was nothing to deploy
	standby    bool   // it was started
}

// UntilBack waits until the service runs what it ran before, and a singleton under its lease; then it removes the revision
// that ran the source.
func (d Developer) UntilBack(ctx context.Context, back Back) error {
	note := back.note
	if back.deployment != "" {
		if err := d.untilSteady(ctx, note.Own.ARN, back.deployment); err != nil {
			return err
		}
	}
	if back.standby {
		if err := d.untilScaled(ctx, note.Standby.ARN, int(note.Standby.Desired), true); err != nil {
			return err
		}
		services, err := d.describe(ctx, arnsOf(note))
		if err != nil {
			return err
		}
		if err := d.untilHeld(ctx, note.Service, services); err != nil {
			return err
		}
	}
	if note.Revision == "" {
		return nil
	}
	if _, err := d.Revisions.DeregisterTaskDefinition(ctx, &ecs.DeregisterTaskDefinitionInput{TaskDefinition: &note.Revision}); err != nil {
		return fmt.Errorf("the task definition %s, which ran the source, is left over: %w", short(note.Revision), err)
	}
	return nil
}

// Said is what has been put back, in words.
func (b Back) Said() string {
	said := fmt.Sprintf("%s runs its deployed image again (%s)", b.note.Service, short(b.note.Own.TaskDefinition))
	if b.deployment == "" {
		said = b.note.Service + " was left as it is deployed"
	}
	if b.standby {
		said += fmt.Sprintf(", and its standby is back (%d)", b.note.Standby.Desired)
	}
	return said
}
