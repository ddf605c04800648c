package platform

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"botyard/tests/recording"
)

// deleted asks a guard with these approvals for the deletion of the database db-1, and returns the runner and the answer.
func deleted(t *testing.T, approvals map[string]string, fail error, options ...pulumi.RunOption) (*recording.Runner, error) {
	t.Helper()
	runner := &recording.Runner{Fail: map[string]error{"botyard-test-database": fail}}
	var answer error
	record(t, func(ctx *pulumi.Context) error {
		guard, err := NewGuard(ctx, &GuardArgs{Approvals: approvals, Runner: runner})
		if err != nil {
			return err
		}
		answer = guard.beforeDelete(&pulumi.ResourceHookArgs{
			Name: "database", Type: "aws:rds/instance:Instance", ID: "db-1",
			OldOutputs: resource.PropertyMap{"identifier": resource.NewStringProperty("botyard-test-database")},
		})
		return nil
	}, options...)
	return runner, answer
}

func TestWhatHoldsDataIsNotDeletedWithoutApproval(t *testing.T) {
	runner, err := deleted(t, nil, nil)
	require.EqualError(t, err, "database (aws:rds/instance:Instance, db-1) would be deleted, and with it what it holds: that nobody has approved. "+
		"If that is meant, back it up and set botyard:approvals: {database: db-1} in the stack's file (to remove it, in an update before the one that does); "+
		"else undo the change that leads to it")
	require.Empty(t, runner.Unprotected)

	_, err = deleted(t, nil, nil, recording.Preview)
	require.ErrorContains(t, err, "that nobody has approved")

	_, err = deleted(t, map[string]string{"cluster-hosts": "db-1"}, nil)
	require.ErrorContains(t, err, "that nobody has approved")
}

func TestAnApprovalIsForOneDatabase(t *testing.T) {
	runner, err := deleted(t, map[string]string{"database": "db-1"}, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"botyard-test-database"}, runner.Unprotected)

	_, err = deleted(t, map[string]string{"database": "db-0"}, nil)
	require.ErrorContains(t, err, "botyard:approvals names db-0, an earlier one: an approval is for one update")

	runner, err = deleted(t, map[string]string{"database": "db-1"}, nil, recording.Preview)
	require.NoError(t, err)
	require.Empty(t, runner.Unprotected, "a preview changes nothing")

	_, err = deleted(t, map[string]string{"database": "db-1"}, errors.New("AccessDenied"))
	require.EqualError(t, err, "AccessDenied")
}

func TestAnApprovalLiftsPulumisProtection(t *testing.T) {
	protected := func(protect bool, approvals map[string]string) bool {
		return record(t, database(protect, approvals)).One(t, "aws:rds/instance:Instance", "database").Protect
	}
	require.True(t, protected(true, nil))
	require.True(t, protected(true, map[string]string{"cluster-hosts": "asg-1"}))
	require.False(t, protected(true, map[string]string{"database": "db-1"}))
	require.False(t, protected(false, nil))
}
