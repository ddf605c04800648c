package tests

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"botyard/infra/config"
	"botyard/tests/fleet"
)

func TestTheDeployRoleCannotFreeItself(t *testing.T) {
	recorded, _ := fleet.Record(t, delivered(t))
	require.Equal(t, "arn:aws:iam:us-east-1:123456789012:policy/botyard-test-deploy-bound", recorded.One(t, roleType, "delivery-deploy").Input("permissionsBoundary"))
	itself := []string{
		"arn:aws:iam::123456789012:role/botyard-test-deploy", "arn:aws:iam::123456789012:role/botyard-test-preview",
		"arn:aws:iam::123456789012:policy/botyard-test-bound", "arn:aws:iam::123456789012:policy/botyard-test-deploy-bound",
		"arn:aws:iam::123456789012:policy/botyard-test-deploy-roles", "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
	}
	frees := []string{
		"iam:AttachRolePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeleteRole", "iam:DeleteRolePermissionsBoundary",
		"iam:DetachRolePolicy", "iam:PassRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:SetDefaultPolicyVersion", "iam:TagRole",
		"iam:UpdateAssumeRolePolicy", "iam:UpdateOpenIDConnectProviderThumbprint",
	}
	for name, policy := range map[string]iamPolicy{"policies": policyOfRole(t, recorded, "deploy"), "boundary": boundary(t, recorded, "delivery-deploy-bound")} {
		for _, action := range frees {
			for _, resource := range itself {
				require.False(t, policy.allows(action, resource), "%s: %s on %s", name, action, resource)
			}
		}
		require.False(t, policy.allows("iam:DeleteRolePermissionsBoundary", "arn:aws:iam::123456789012:role/bot-task-0123456"), name)
		for action, resource := range map[string]string{
			"iam:CreateUser": "user/new", "iam:CreateAccessKey": "user/admin", "iam:CreatePolicyVersion": "policy/other", "iam:PassRole": "role/admin",
			"iam:UpdateAssumeRolePolicy": "role/admin", "organizations:LeaveOrganization": "", "account:CloseAccount": "", "sts:AssumeRole": "role/admin",
		} {
			require.False(t, policy.allows(action, "arn:aws:iam::123456789012:"+resource), "%s: %s", name, action)
		}
		for _, statement := range policy {
			if statement.Effect == "Allow" && slices.ContainsFunc(statement.Action, func(a string) bool { return strings.HasPrefix(a, "iam:") }) {
				require.NotContains(t, statement.resources(), "*", name)
			}
		}
	}
	// The boundary refuses a role without one, whatever the policies say.
	for _, statement := range boundary(t, recorded, "delivery-deploy-bound") {
		if statement.Effect == "Deny" && statement.takes("iam:CreateRole") && len(statement.Condition) > 0 {
			require.Equal(t, "arn:aws:iam::123456789012:policy/botyard-test-bound", statement.Condition["StringNotEquals"]["iam:PermissionsBoundary"])
			require.Equal(t, []string{"iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"}, statement.Action)
			return
		}
	}
	require.Fail(t, "nothing demands the boundary")
}

// TestRolesAreMadeWithTheBoundaryAlone holds the condition of each action that gives a role more rights.
func TestRolesAreMadeWithTheBoundaryAlone(t *testing.T) {
	recorded, _ := fleet.Record(t, delivered(t))
	for _, statement := range policyOfRole(t, recorded, "deploy") {
		for _, action := range []string{"iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"} {
			if statement.takes(action) {
				require.Equal(t, "arn:aws:iam::123456789012:policy/botyard-test-bound", statement.Condition["StringEquals"]["iam:PermissionsBoundary"], action)
			}
		}
		if statement.takes("iam:PassRole") {
			require.NotEmpty(t, statement.Condition["StringEquals"]["iam:PassedToService"])
		}
	}
}

// TestEveryRoleIsBoundedAndNamedAsThePoliciesExpect covers all that a stack can have.
func TestEveryRoleIsBoundedAndNamedAsThePoliciesExpect(t *testing.T) {
	for _, change := range []func(*config.Config){
		func(*config.Config) {},
		func(c *config.Config) { c.Hosts.Failover = config.FailoverStopped },
		func(c *config.Config) { c.Hosts.Kind = config.HostsFargate },
	} {
		cfg := delivered(t)
		change(cfg)
		recorded, _ := fleet.Record(t, cfg)
		deploy, bound := policyOfRole(t, recorded, "deploy"), boundary(t, recorded, "delivery-bound")
		for _, role := range recorded.OfType(roleType) {
			if strings.HasPrefix(role.Name, "delivery-") {
				continue
			}
			require.Equal(t, serviceBoundary, role.Input("permissionsBoundary"), role.Name)
			require.Nil(t, role.Input("name"), "Pulumi names it")
			for _, action := range []string{"iam:CreateRole", "iam:DeleteRole", "iam:PassRole", "iam:TagRole"} {
				require.True(t, deploy.allows(action, "arn:aws:iam::123456789012:role/"+role.Name+"-0a1b2c3"), "%s %s", action, role.Name)
			}
		}
		for _, own := range recorded.OfType("aws:iam/rolePolicy:RolePolicy") {
			for _, action := range parsePolicy(t, own.Input("policy").(string)).actions() {
				require.Contains(t, bound.actions(), action, "%s may not what its policy says", own.Name)
			}
		}
		for _, group := range recorded.OfType("aws:autoscaling/group:Group") {
			require.Contains(t, group.Input("tags"), map[string]any{"key": config.StackTag, "value": "botyard-test", "propagateAtLaunch": false})
		}
	}
}

func TestEverythingCarriesTheMark(t *testing.T) {
	cfg := delivered(t)
	recorded, _ := fleet.Record(t, cfg)
	for _, each := range recorded.Resources() {
		if strings.HasPrefix(each.Type, "aws:") && !slices.Contains(untaggable, each.Type) && !strings.HasPrefix(each.Name, "delivery") {
			require.Equal(t, "botyard-test", each.Input("tags").(map[string]any)[config.StackTag], each.Key())
			require.Equal(t, "prod", each.Input("tags").(map[string]any)["environment"], each.Key())
		}
	}
}
