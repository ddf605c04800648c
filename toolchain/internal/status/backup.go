package status

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
)

// Backup is what the database could be restored from.
type Backup struct {
	Days       int        `json:"backupDays"`                     // how long backups are kept, 0 for none
	Restorable *time.Time `json:"latestRestorableTime,omitempty"` // the newest moment that can be restored, UTC
	Snapshot   *time.Time `json:"newestSnapshot,omitempty"`       // when the newest automated snapshot was made, UTC
}

// Databases is the part of RDS that is used.
type Databases interface {
	DescribeDBInstances(context.Context, *rds.DescribeDBInstancesInput, ...func(*rds.Options)) (*rds.DescribeDBInstancesOutput, error)
	DescribeDBSnapshots(context.Context, *rds.DescribeDBSnapshotsInput, ...func(*rds.Options)) (*rds.DescribeDBSnapshotsOutput, error)
}

// lastBackup asks for the backups of the database.
func lastBackup(ctx context.Context, client Databases, identifier string) (*Backup, error) {
	found, err := client.DescribeDBInstances(ctx, &rds.DescribeDBInstancesInput{DBInstanceIdentifier: &identifier})
	if err != nil {
		return nil, err
	}
	if len(found.DBInstances) == 0 {
		return nil, fmt.Errorf("RDS has no instance %s", identifier)
	}
	b := &Backup{Days: int(aws.ToInt32(found.DBInstances[0].BackupRetentionPeriod))}
	if b.Days == 0 { // an instance of the emulator tells a time all the same
		return b, nil
	}
	b.Restorable = utc(found.DBInstances[0].LatestRestorableTime)
	input := &rds.DescribeDBSnapshotsInput{DBInstanceIdentifier: &identifier, SnapshotType: aws.String("automated")}
	for {
		page, err := client.DescribeDBSnapshots(ctx, input)
		if err != nil {
			return nil, err
		}
		for _, s := range page.DBSnapshots { // one in the making has no time yet
			if made := s.SnapshotCreateTime; made != nil && (b.Snapshot == nil || made.After(*b.Snapshot)) {
				b.Snapshot = utc(made)
			}
		}
		if input.Marker = page.Marker; aws.ToString(input.Marker) == "" {
			return b, nil
		}
	}
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	return aws.Time(t.UTC())
}
