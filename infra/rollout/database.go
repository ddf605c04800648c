package rollout

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
)

// UnprotectDatabase lifts RDS's deletion protection of an instance whose deletion is approved: RDS refuses the deletion else.
// Source: Amazon RDS API reference, ModifyDBInstance; the change takes effect at once.
func (r *Runner) UnprotectDatabase(ctx context.Context, identifier string) error {
	_, err := r.Databases.ModifyDBInstance(ctx, &rds.ModifyDBInstanceInput{
		DBInstanceIdentifier: aws.String(identifier), DeletionProtection: aws.Bool(false),
	})
	if err != nil {
		return fmt.Errorf("database %s: cannot lift its deletion protection: %w", identifier, err)
	}
	return nil
}
