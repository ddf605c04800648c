package platform

import (
	"encoding/json"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// statement is one statement of an IAM policy. Resources are narrowed wherever the action allows it.
type statement struct {
	Effect    string         `json:"Effect"`
	Principal any            `json:"Principal,omitempty"`
	Action    []string       `json:"Action"`
	Resource  any            `json:"Resource,omitempty"`
	Condition map[string]any `json:"Condition,omitempty"`
	Sid       string         `json:"Sid,omitempty"`
}

func allow(resource any, actions ...string) statement {
	return statement{Effect: "Allow", Action: actions, Resource: resource}
}

// policyDocument is the statements as a policy's text.
func policyDocument(statements ...statement) (string, error) {
	return canonical(struct {
		Version   string
		Statement []statement
	}{"2012-10-17", statements})
}

// canonical is JSON with sorted keys: the same content gives the same text, so no update is seen.
func canonical(value any) (string, error) {
	text, err := json.Marshal(value)
	return string(text), err
}

// trust is the assume-role policy for one AWS service, such as ecs-tasks.amazonaws.com.
func trust(service string) (pulumi.StringInput, error) {
	text, err := policyDocument(statement{
		Effect: "Allow", Principal: map[string]string{"Service": service}, Action: []string{"sts:AssumeRole"},
	})
	return pulumi.String(text), err
}

// policyOf is a policy document over ARNs that are known only after their resources exist.
func policyOf(arns pulumi.StringArrayInput, make func(arns []string) []statement) pulumi.StringOutput {
	return arns.ToStringArrayOutput().ApplyT(func(resolved []string) (string, error) {
		return policyDocument(make(resolved)...)
	}).(pulumi.StringOutput)
}

// newRole declares a role that service may assume.
func newRole(ctx *pulumi.Context, name, service, description string, opts ...pulumi.ResourceOption) (*iam.Role, error) {
	assume, err := trust(service)
	if err != nil {
		return nil, err
	}
	return iam.NewRole(ctx, name, &iam.RoleArgs{
		AssumeRolePolicy: assume,
		Description:      pulumi.String(description),
	}, opts...)
}
