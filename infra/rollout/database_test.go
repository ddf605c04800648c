package rollout

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/stretchr/testify/require"
)

// databases records what is asked of RDS, and answers err.
type databases struct {
	asked []rds.ModifyDBInstanceInput
	err   error
}

func (d *databases) ModifyDBInstance(_ context.Context, in *rds.ModifyDBInstanceInput, _ ...func(*rds.Options)) (*rds.ModifyDBInstanceOutput, error) {
	d.asked = append(d.asked, *in)
	return nil, d.err
}

func TestADatabaseIsUnprotectedAndNothingElse(t *testing.T) {
	d := &databases{}
	require.NoError(t, (&Runner{Databases: d}).UnprotectDatabase(context.Background(), "botyard-prod-database"))
	require.Equal(t, []rds.ModifyDBInstanceInput{{
		DBInstanceIdentifier: aws.String("botyard-prod-database"), DeletionProtection: aws.Bool(false),
	}}, d.asked)

	d.err = errors.New("AccessDenied")
	require.EqualError(t, (&Runner{Databases: d}).UnprotectDatabase(context.Background(), "botyard-prod-database"),
		"database botyard-prod-database: cannot lift its deletion protection: AccessDenied")
}
