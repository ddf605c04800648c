package secrets

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheTableReadsNoValue(t *testing.T) {
	a := &account{value: aws.String(canary), param: ssmtypes.Parameter{Type: ssmtypes.ParameterTypeSecureString, Value: aws.String(canary), Version: 7, LastModifiedDate: &setAt}}
	y, out, _ := yard(a)
	require.NoError(t, y.Table(t.Context(), setAt.Add(5*24*time.Hour+time.Minute)))
	assert.Equal(t, `NAME           SET                                              ROTATED  USED BY
discord-token  2026-11-20 14:03 UTC (version 0ld01234)          5 d ago  bot, member-listener
slack          no value yet                                     –        the alerts
spare          no value yet                                     –        nobody
team           2026-11-20 14:03 UTC (SSM parameter, version 7)  5 d ago  api
No value yet, so an update stops before services that use it: slack, spare. Right would be make secret NAME=slack STACK=prod
No service uses: spare. Right would be its name under a service's secrets, or to take it out of botyard:secrets
`, out.String())
	for _, call := range a.calls {
		assert.NotContains(t, call, "GetSecretValue")
		assert.NotContains(t, call, `"WithDecryption":true`)
	}
	assert.Empty(t, a.changes())
}

func TestAStackWithoutSecrets(t *testing.T) {
	y, out, _ := yard(&account{})
	y.ARNs = nil
	require.NoError(t, y.Table(t.Context(), setAt))
	assert.Equal(t, "Stack prod has no secrets under botyard:secrets.\n", out.String())
}

func TestAges(t *testing.T) {
	for d, want := range map[time.Duration]string{-time.Second: "0 min ago", 119 * time.Minute: "119 min ago", 3 * time.Hour: "3 h ago", 400 * 24 * time.Hour: "400 d ago"} {
		assert.Equal(t, want, age(d))
	}
}

func TestTheUsersAreStillToComeBeforeTheFirstUpdateHasEnded(t *testing.T) {
	y, out, _ := yard(&account{})
	y.Fleet.Out.ServiceArns = nil
	y.ARNs = map[string]string{"spare": "arn:secret:spare"}
	require.NoError(t, y.Table(t.Context(), setAt))
	assert.Equal(t, "NAME   SET           ROTATED  USED BY\nspare  no value yet  –        –\n"+
		"No value yet, so an update stops before services that use it: spare. Right would be make secret NAME=spare STACK=prod\n", out.String())
}
