package operate

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheValueOfAVariableByService(t *testing.T) {
	w := newWorld()
	w.defs["listener:1"][0].Environment = []types.KeyValuePair{{Name: aws.String("WARDEN_TABLE"), Value: aws.String("leases")}}
	f, _ := fleet(w)
	values, err := f.Environment(t.Context(), "WARDEN_TABLE")
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"bot": "15", "api": "15", "listener": "leases"}, values)
	values, err = f.Environment(t.Context(), "WARDEN_LEASE_SECONDS")
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"bot": "15"}, values)
	f.Out.ServiceArns = nil
	values, err = f.Environment(t.Context(), "WARDEN_TABLE")
	require.NoError(t, err)
	assert.Empty(t, values, "nothing is up yet")
}
