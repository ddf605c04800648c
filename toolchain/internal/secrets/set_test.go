package secrets

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestASecretIsSetAndItsUsersAreRestarted(t *testing.T) {
	for _, before := range []*string{nil, aws.String("another")} {
		a := &account{value: before}
		y, out, progress := yard(a)
		require.NoError(t, y.Set(t.Context(), "discord-token", canary, true))
		assert.Equal(t, "discord-token: set (version abcd1234); restarted: bot, bot-standby, member-listener\n", out.String())
		assert.Equal(t, []string{"PutSecretValue", "UpdateService arn:service/bot", "UpdateService arn:service/bot-standby", "UpdateService arn:service/member-listener"}, a.changes())
		hides(t, a, "PutSecretValue", out.String(), progress.String())
	}
}

// TestAPutHasATokenOfItsOwn holds what the stack's rules know such a version by (infra/platform/rotationevents.go).
func TestAPutHasATokenOfItsOwn(t *testing.T) {
	tokens := map[string]bool{}
	for range 2 {
		a := &account{}
		y, _, _ := yard(a)
		require.NoError(t, y.Set(t.Context(), "spare", canary, true))
		for _, call := range a.calls {
			if rest, ok := strings.CutPrefix(call, "PutSecretValue "); ok {
				var in struct{ SecretId, SecretString, ClientRequestToken string }
				require.NoError(t, json.Unmarshal([]byte(rest), &in))
				assert.Equal(t, "arn:secret:spare", in.SecretId)
				assert.Equal(t, canary, in.SecretString)
				assert.Regexp(t, regexp.MustCompile(`^botyard-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`), in.ClientRequestToken)
				tokens[in.ClientRequestToken] = true
			}
		}
	}
	assert.Len(t, tokens, 2)
}

func TestTheSameValueChangesNothing(t *testing.T) {
	a := &account{value: aws.String(canary)}
	y, out, _ := yard(a)
	require.NoError(t, y.Set(t.Context(), "discord-token", canary, true))
	assert.Equal(t, "discord-token: has this value already (version 0ld01234, set 2026-11-20 14:03), so nothing was changed and nothing restarted; to restart those that use it all the same: "+
		"make restart SERVICE=bot STACK=prod; make restart SERVICE=member-listener STACK=prod\n", out.String())
	assert.Empty(t, a.changes())
}

func TestWithoutRestart(t *testing.T) {
	a := &account{}
	y, out, _ := yard(a)
	require.NoError(t, y.Set(t.Context(), "discord-token", canary, false))
	assert.Equal(t, "discord-token: set (version abcd1234); nothing was restarted, as you wished; to do so: "+
		"make restart SERVICE=bot STACK=prod; make restart SERVICE=member-listener STACK=prod\n", out.String())
	assert.Equal(t, []string{"PutSecretValue"}, a.changes())
}

func TestASecretOfNoService(t *testing.T) {
	for name, want := range map[string]string{
		"spare": "spare: set (version abcd1234); no service uses it: name it under a service's secrets, or take it out of botyard:secrets\n",
		"slack": "slack: set (version abcd1234); the alerts use it, which take it with the next update\n",
	} {
		a := &account{}
		y, out, _ := yard(a)
		require.NoError(t, y.Set(t.Context(), name, canary, true))
		assert.Equal(t, want, out.String())
		assert.Equal(t, []string{"PutSecretValue"}, a.changes())
	}
}

func TestBeforeTheFirstUpdateHasEnded(t *testing.T) {
	a := &account{}
	y, out, _ := yard(a)
	y.Fleet.Out.ServiceArns = nil
	require.NoError(t, y.Set(t.Context(), "discord-token", canary, true))
	assert.Equal(t, "discord-token: set (version abcd1234); the stack has no services yet, which get it when they start\n", out.String())
}

func TestAServiceThatIsScaledToNothingStaysSo(t *testing.T) {
	a := &account{}
	y, out, _ := yard(a)
	a.desired = 0
	require.NoError(t, y.Set(t.Context(), "discord-token", canary, true))
	assert.Equal(t, "discord-token: set (version abcd1234); scaled to nothing, to get it when started: bot, member-listener\n", out.String())
	assert.Equal(t, []string{"PutSecretValue"}, a.changes())
}

func TestARestartThatFailsSaysHowFarItCame(t *testing.T) {
	a := &account{revert: true}
	y, out, progress := yard(a)
	err := y.Set(t.Context(), "discord-token", canary, true)
	require.EqualError(t, err, "discord-token: set (version abcd1234), but not all that use it are restarted (done: none): bot: ECS gave the new tasks up, for they did not start or were not healthy, and went back to what ran before (tasks failed to start.). "+
		"Its log says why: make logs SERVICE=bot STACK=prod SINCE=10m FOLLOW=. "+
		"Once that is mended: make restart SERVICE=bot STACK=prod; make restart SERVICE=member-listener STACK=prod")
	hides(t, a, "PutSecretValue", out.String(), progress.String(), err.Error())
}

func TestAnErrorOfAWSThatRepeatsTheValue(t *testing.T) {
	a := &account{refuse: errors.New("ValidationException: Value '" + canary + "' at 'secretString' failed")}
	y, out, progress := yard(a)
	err := y.Set(t.Context(), "discord-token", canary, true)
	require.EqualError(t, err, "discord-token was not set: ValidationException: Value '[the value]' at 'secretString' failed")
	hides(t, a, "PutSecretValue", out.String(), progress.String(), err.Error())
	assert.Equal(t, []string{"PutSecretValue"}, a.changes(), "nothing is restarted")
}

func TestAnSSMParameterKeepsItsKeyAndTier(t *testing.T) {
	a := secureString()
	y, out, progress := yard(a)
	y.Fleet.ECS = ruled{fleetOf{account: a}}
	require.NoError(t, y.Set(t.Context(), "team", canary, true))
	assert.Equal(t, "team: set (SSM parameter, version 8); restarted: api\n", out.String())
	assert.Equal(t, []string{"PutParameter"}, a.changes(), "the stack's rule restarts it, once")
	hides(t, a, "PutParameter", out.String(), progress.String())
	for _, call := range a.calls {
		if rest, ok := strings.CutPrefix(call, "PutParameter "); ok {
			var in struct {
				Name, Value, Type, KeyId, Tier string
				Overwrite                      bool
			}
			require.NoError(t, json.Unmarshal([]byte(rest), &in))
			assert.Equal(t, []any{"/team/discord", canary, "SecureString", "alias/team", "Advanced", true}, []any{in.Name, in.Value, in.Type, in.KeyId, in.Tier, in.Overwrite})
		}
	}

	a.param.Value, a.calls = aws.String(canary), nil
	out.Reset()
	require.NoError(t, y.Set(t.Context(), "team", canary, true))
	assert.Equal(t, "team: has this value already (SSM parameter, version 7, set 2026-11-20 14:03), so nothing was changed and nothing restarted; to restart those that use it all the same: make restart SERVICE=api STACK=prod\n", out.String())
	assert.Empty(t, a.changes())
}

// secureString is an account with the SSM parameter that the secret team is.
func secureString() *account {
	return &account{param: ssmtypes.Parameter{Name: aws.String(parameterARN), Type: ssmtypes.ParameterTypeSecureString, Value: aws.String("another"), Version: 7, LastModifiedDate: &setAt}}
}

func TestAParameterWhoseRuleRestartsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := secureString()
		y, out, progress := yard(a)
		require.NoError(t, y.Set(t.Context(), "team", canary, true))
		assert.Equal(t, "team: set (SSM parameter, version 8); restarted: api\n", out.String())
		assert.Equal(t, []string{"PutParameter", "UpdateService arn:service/api"}, a.changes())
		assert.Equal(t, "… api: AWS has begun no restart within 2m0s\n", progress.String())
	})
}

func TestAParametersUsersAreRestartedAllTheSame(t *testing.T) {
	a := secureString()
	y, out, _ := yard(a)
	require.NoError(t, y.Set(t.Context(), "team", canary, false))
	assert.Equal(t, "team: set (SSM parameter, version 8); a new value of an SSM parameter restarts those that use it, whoever sets it: api\n", out.String())
	assert.Equal(t, []string{"PutParameter"}, a.changes())
}

func TestAPlainSSMParameterIsNoPlaceForASecret(t *testing.T) {
	a := &account{param: ssmtypes.Parameter{Name: aws.String("plain"), Type: ssmtypes.ParameterTypeString, Value: aws.String("x")}}
	y, _, _ := yard(a)
	err := y.Set(t.Context(), "team", canary, true)
	require.EqualError(t, err, "team was not set: the SSM parameter "+parameterARN+" is a String, which anybody may read who may list it; right would be a SecureString, whose type cannot be changed later")
	assert.Empty(t, a.changes())
}

func TestTheNameOfAParameter(t *testing.T) {
	for from, want := range map[string]string{
		"arn:aws:ssm:us-east-1:1:parameter/discord": "discord", parameterARN: "/team/discord", "/team/discord": "/team/discord", "plain": "plain",
	} {
		assert.Equal(t, want, nameOf(from))
	}
}

func TestASecretThatIsNotThere(t *testing.T) {
	y, _, _ := yard(&account{})
	require.EqualError(t, y.Set(t.Context(), "discord-tokn", canary, true), `there is no secret "discord-tokn" in stack prod; it has discord-token, slack, spare, team; did you mean discord-token?`)
	require.EqualError(t, y.Known("github"), `there is no secret "github" in stack prod; it has discord-token, slack, spare, team`)
	y.ARNs = nil
	require.EqualError(t, y.Known("github"), `there is no secret "github" in stack prod, and no other; right would be a name under botyard:secrets, which a service's secrets name, and an update`)
}

func TestDistance(t *testing.T) {
	for pair, want := range map[[2]string]int{{"", "abc"}: 3, {"kitten", "sitting"}: 3, {"same", "same"}: 0, {"ab", "ba"}: 2} {
		assert.Equal(t, want, distance(pair[0], pair[1]), pair)
	}
}
