package tests

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"botyard/infra/config"
	"botyard/tests/fleet"
	"botyard/tests/recording"
)

const (
	iamPolicyType   = "aws:iam/policy:Policy"
	roleType        = "aws:iam/role:Role"
	attachmentType  = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	oidcType        = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
	stateKey        = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	foreignSecret   = "arn:aws:secretsmanager:us-east-1:123456789012:secret:team/slack-AbCdEf"
	foreignSetting  = "arn:aws:ssm:us-east-1:123456789012:parameter/team/level"
	serviceBoundary = "arn:aws:iam:us-east-1:123456789012:policy/botyard-test-bound" // the mock's ARN
)

// delivered is prod with everything that the roles' policies depend on.
func delivered(t *testing.T) *config.Config {
	cfg := fleet.Load(t, "prod")
	cfg.Delivery = &config.Delivery{Repository: "acme/bots", Provider: true, State: "arn:aws:s3:::acme-state", Key: stateKey}
	cfg.Secrets["chat"] = config.Secret{Description: "webhook"}
	cfg.Secrets["slack"] = config.Secret{ARN: foreignSecret}
	cfg.Secrets["level"] = config.Secret{ARN: foreignSetting}
	cfg.Alerts.Discord, cfg.Alerts.Slack = "chat", "slack"
	cfg.Network.FlowLogs = true
	return cfg
}

// policyOfRole joins the policies that are attached to one of the two roles.
func policyOfRole(t *testing.T, recorded *recording.Recorder, role string) iamPolicy {
	t.Helper()
	var all iamPolicy
	for _, attached := range recorded.OfType(attachmentType) {
		if attached.Input("role") == "botyard-test-"+role {
			all = append(all, parsePolicy(t, recorded.One(t, iamPolicyType, attached.Name).Input("policy").(string))...)
		}
	}
	require.NotEmpty(t, all, role)
	return all
}

func boundary(t *testing.T, recorded *recording.Recorder, name string) iamPolicy {
	t.Helper()
	return parsePolicy(t, recorded.One(t, iamPolicyType, name).Input("policy").(string))
}

// recordedActions are those of testdata/actions.txt.
func recordedActions(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/actions.txt")
	require.NoError(t, err)
	var actions []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			require.Regexp(t, `^[a-z0-9]+:[A-Z][A-Za-z0-9]+$`, line)
			actions = append(actions, line)
		}
	}
	require.Greater(t, len(actions), 140, "a record of part of an update")
	return actions
}

func TestNothingIsDeliveredWithoutASetting(t *testing.T) {
	recorded, _ := fleet.Record(t, fleet.Load(t, "prod"))
	require.Empty(t, recorded.OfType(iamPolicyType))
	require.Empty(t, recorded.OfType(oidcType))
	for _, role := range recorded.OfType(roleType) {
		require.Nil(t, role.Input("permissionsBoundary"), role.Name)
	}
}

func TestTheRolesTrustOneEnvironmentEach(t *testing.T) {
	recorded, _ := fleet.Record(t, delivered(t))
	provider := recorded.One(t, oidcType, "delivery")
	require.Equal(t, "https://token.actions.githubusercontent.com", provider.Input("url"))
	require.Equal(t, []any{"sts.amazonaws.com"}, provider.Input("clientIdLists"))
	for role, want := range map[string]struct {
		environment string
		seconds     float64
	}{"deploy": {"test", 7200}, "preview": {"test-preview", 3600}} {
		declared := recorded.One(t, roleType, "delivery-"+role)
		require.Equal(t, want.seconds, declared.Input("maxSessionDuration"), "deliver.yml asks for two hours")
		require.JSONEq(t, fmt.Sprintf(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sts:AssumeRoleWithWebIdentity"],
			"Principal": {"Federated": "arn:aws:iam:us-east-1:123456789012:openIdConnectProvider/delivery"},
			"Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
				"token.actions.githubusercontent.com:sub": "repo:acme/bots:environment:%s"}}}]}`, want.environment), declared.Input("assumeRolePolicy").(string))
	}

	cfg := delivered(t)
	cfg.Delivery.Provider = false
	recorded, _ = fleet.Record(t, cfg)
	require.Empty(t, recorded.OfType(oidcType))
	trust := recorded.One(t, roleType, "delivery-deploy").Input("assumeRolePolicy").(string)
	require.Contains(t, trust, `"Federated":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"`)
}

// TestTheDeployRoleMayDoWhatUpdatesDo holds every call of the recorded update against the policies.
func TestTheDeployRoleMayDoWhatUpdatesDo(t *testing.T) {
	recorded, _ := fleet.Record(t, delivered(t))
	deploy, bound := policyOfRole(t, recorded, "deploy"), boundary(t, recorded, "delivery-deploy-bound")
	for _, action := range recordedActions(t) {
		require.True(t, deploy.allowsAny(action, ours), "%s is refused on all that is the stack's", action)
		require.True(t, bound.allowsAny(action, ours), "%s is out of bounds", action)
	}
}

// TestTheDeployRoleMayDoLittleElse holds every action of the policies against the record and the list of what it cannot show.
func TestTheDeployRoleMayDoLittleElse(t *testing.T) {
	recorded, _ := fleet.Record(t, delivered(t))
	actions, known := policyOfRole(t, recorded, "deploy").actions(), recordedActions(t)
	excused := map[string]string{}
	for reason, list := range unrecorded {
		for _, action := range list {
			require.Empty(t, excused[action], "%s has two reasons", action)
			excused[action] = reason
			require.Contains(t, actions, action, "excused, and not allowed at all")
			require.NotContains(t, known, action, "excused, and recorded")
		}
	}
	for _, action := range actions {
		require.NotContains(t, action, "*")
		require.True(t, slices.Contains(known, action) || excused[action] != "", "no update does %s", action)
	}
}

// TestTheDeployRoleReachesNothingElse tries every change, and every look at contents, on what another stack or the account
// has. A change of what has no
// name of the stack's needs the stack's tag, which conditions hold.
func TestTheDeployRoleReachesNothingElse(t *testing.T) {
	recorded, _ := fleet.Record(t, delivered(t))
	for role, policy := range map[string]iamPolicy{"deploy": policyOfRole(t, recorded, "deploy"), "preview": policyOfRole(t, recorded, "preview")} {
		most := policy.unconditional()
		for _, action := range most.actions() {
			if slices.Contains(anywhere, action) || isLook(action) && !slices.Contains(contents, action) {
				continue
			}
			for _, resource := range theirs {
				require.False(t, most.allows(action, resource), "%s: %s on %s", role, action, resource)
			}
		}
	}
}

// TestThePoliciesFit holds IAM's quotas with the longest name of a stack.
func TestThePoliciesFit(t *testing.T) {
	recorded, _ := fleet.Record(t, delivered(t), recording.WithStack(strings.Repeat("s", 32)))
	for _, policy := range recorded.OfType(iamPolicyType) {
		require.LessOrEqual(t, len(policy.Input("policy").(string)), 6144, policy.Name)
		require.LessOrEqual(t, len(policy.Input("name").(string)), 128)
	}
	attached := map[any]int{}
	for _, each := range recorded.OfType(attachmentType) {
		attached[each.Input("role")]++
	}
	require.LessOrEqual(t, slices.Max(slices.Collect(maps.Values(attached))), 10)

	cfg := delivered(t)
	for i := range 60 {
		cfg.Secrets[fmt.Sprintf("far-%d", i)] = config.Secret{ARN: fmt.Sprint(foreignSecret, i)}
	}
	_, err := recording.Run(t, program(cfg, &recording.Runner{}))
	require.ErrorContains(t, err, "characters, but IAM takes at most 6144; use fewer secrets of other stacks")
}
