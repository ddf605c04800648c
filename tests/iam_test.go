package tests

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// iamStatement is a statement of a policy document; Resource may be one or many.
type iamStatement struct {
	Effect    string
	Action    []string
	Resource  any
	Condition map[string]map[string]any
}

// iamPolicy is the statements of one document or of several that hold together.
type iamPolicy []iamStatement

func parsePolicy(t *testing.T, text string) iamPolicy {
	t.Helper()
	var document struct{ Statement iamPolicy }
	require.NoError(t, json.Unmarshal([]byte(text), &document))
	require.NotEmpty(t, document.Statement)
	return document.Statement
}

// allows evaluates the policy as IAM does, an explicit denial first. Conditions are taken as met for what allows, and as
// unmet for what denies: what then is refused can be had by no request.
func (p iamPolicy) allows(action, resource string) bool {
	hits := func(s iamStatement) bool { return s.takes(action) && s.reaches(resource) }
	denied := slices.ContainsFunc(p, func(s iamStatement) bool { return s.Effect == "Deny" && len(s.Condition) == 0 && hits(s) })
	return !denied && slices.ContainsFunc(p, func(s iamStatement) bool { return s.Effect == "Allow" && hits(s) })
}

// allowsAny tells that the action is allowed on one of the resources.
func (p iamPolicy) allowsAny(action string, resources []string) bool {
	return slices.ContainsFunc(resources, func(resource string) bool { return p.allows(action, resource) })
}

// unconditional is what needs no condition: the most that a request can have on what is not the stack's.
func (p iamPolicy) unconditional() iamPolicy {
	return slices.DeleteFunc(slices.Clone(p), func(s iamStatement) bool { return s.Effect == "Allow" && len(s.Condition) > 0 })
}

// actions are what the policy names in what it allows, sorted.
func (p iamPolicy) actions() []string {
	var all []string
	for _, s := range p {
		if s.Effect == "Allow" {
			all = append(all, s.Action...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (s iamStatement) takes(action string) bool {
	return slices.ContainsFunc(s.Action, func(pattern string) bool { return like(strings.ToLower(pattern), strings.ToLower(action)) })
}

func (s iamStatement) reaches(resource string) bool {
	return slices.ContainsFunc(s.resources(), func(pattern string) bool { return like(pattern, resource) })
}

func (s iamStatement) resources() []string {
	if one, ok := s.Resource.(string); ok {
		return []string{one}
	}
	var many []string
	for _, each := range s.Resource.([]any) {
		many = append(many, each.(string))
	}
	return many
}

// like matches IAM's wildcards: * is any text, ? one character.
func like(pattern, text string) bool {
	for ; pattern != ""; pattern, text = pattern[1:], text[1:] {
		if pattern[0] == '*' {
			for i := range len(text) + 1 {
				if like(pattern[1:], text[i:]) {
					return true
				}
			}
			return false
		}
		if text == "" || pattern[0] != '?' && pattern[0] != text[0] {
			return false
		}
	}
	return text == ""
}

func TestThePoliciesAreEvaluatedAsIAMDoes(t *testing.T) {
	p := parsePolicy(t, `{"Statement": [
		{"Effect": "Allow", "Action": ["s3:Get*"], "Resource": ["arn:a/*", "arn:b-???"]},
		{"Effect": "Allow", "Action": ["iam:PassRole"], "Resource": "*", "Condition": {"StringEquals": {"k": "v"}}},
		{"Effect": "Deny", "Action": ["s3:*"], "Resource": "arn:a/secret"}]}`)
	require.True(t, p.allows("s3:GetObject", "arn:a/b/c"))
	require.True(t, p.allows("s3:getobject", "arn:b-123"))
	require.True(t, p.allows("iam:PassRole", "anything"))
	for action, resource := range map[string]string{"s3:PutObject": "arn:a/b", "s3:GetObject": "arn:b-1234", "s3:GetObjectAcl": "arn:a/secret", "iam:PassRoles": "x"} {
		require.False(t, p.allows(action, resource), "%s on %s", action, resource)
	}
	require.False(t, p.unconditional().allows("iam:PassRole", "anything"))
}
