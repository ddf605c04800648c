package platform

import (
	"fmt"
	"unicode/utf8"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// DeliveryArgs describes who may preview and deploy the stack from GitHub.
type DeliveryArgs struct {
	// Required.
	Names             Namer
	Region, AccountID string
	// Tag is the key of a tag that nothing else uses: the roles know by it what is the stack's.
	Tag string
	// Repository is owner/name on GitHub.
	Repository string
	// State is the ARN of the S3 bucket with Pulumi's state.
	State string

	// Optional.
	// NewProvider declares GitHub's OIDC provider; else the account has it.
	NewProvider bool
	// Key is the ARN of the KMS key that encrypts the state's secrets.
	Key string
	// Webhooks are the secrets whose values an update and its preview read: names of the stack's own, or ARNs.
	Webhooks []string
	// Tokens are the ARNs of secrets that an update and its preview read, and no task: of the images' repositories.
	Tokens []string
	// Foreign are the ARNs of secrets and SSM parameters that the stack uses and does not declare.
	Foreign []string
	// Domain is the stack's public name, in the Route 53 zone ZoneID.
	Domain, ZoneID string
}

// Delivery is two roles that GitHub's workflows assume without a key: one previews, one deploys. Neither can change itself:
// what they may do is for a person to change who may do more.
type Delivery struct {
	pulumi.ResourceState

	DeployRoleArn, PreviewRoleArn pulumi.StringOutput
}

// Sessions, seconds. An update that lost its credentials halfway could not save its state: the workflow asks for two hours.
const (
	deploySession  = 7200
	previewSession = 3600
)

// NewDelivery declares the roles, and marks and bounds whatever the program declares after it.
func NewDelivery(ctx *pulumi.Context, name string, args *DeliveryArgs, opts ...pulumi.ResourceOption) (*Delivery, error) {
	d := &Delivery{}
	return d, build(ctx, "Delivery", name, d, opts, func(child pulumi.ResourceOption) error {
		return d.declare(ctx, name, args, child)
	})
}

func (d *Delivery) outputs() pulumi.Map {
	return pulumi.Map{"deployRoleArn": d.DeployRoleArn, "previewRoleArn": d.PreviewRoleArn}
}

func (d *Delivery) declare(ctx *pulumi.Context, name string, args *DeliveryArgs, child pulumi.ResourceOption) error {
	provider, err := args.provider(ctx, name, child)
	if err != nil {
		return err
	}
	bound, err := args.newPolicy(ctx, name, "bound", args.serviceBoundary(), child)
	if err != nil {
		return err
	}
	deployBound, err := args.newPolicy(ctx, name, "deploy-bound", args.deployBoundary(), child)
	if err != nil {
		return err
	}
	deploy, err := args.newRole(ctx, name, "deploy", args.Names.Stack, provider, &iam.RoleArgs{
		MaxSessionDuration: pulumi.Int(deploySession), PermissionsBoundary: deployBound.Arn,
		Description: pulumi.String("GitHub: deploys " + args.Names.Name(200)),
	}, args.deployPolicies(), child)
	if err != nil {
		return err
	}
	preview, err := args.newRole(ctx, name, "preview", args.Names.Stack+"-preview", provider, &iam.RoleArgs{
		MaxSessionDuration: pulumi.Int(previewSession),
		Description:        pulumi.String("GitHub: previews " + args.Names.Name(200)),
	}, args.previewPolicies(), child)
	if err != nil {
		return err
	}
	d.DeployRoleArn, d.PreviewRoleArn = deploy.Arn, preview.Arn
	return markAndBound(ctx, args.mark(), bound.Arn)
}

// policyGroup is one managed policy: IAM attaches ten at most to a role.
// Source: IAM User Guide, "IAM and AWS STS quotas".
type policyGroup struct {
	name       string
	statements []statement
}

// newRole declares a role that the repository's environment may assume, with its policies.
func (a *DeliveryArgs) newRole(ctx *pulumi.Context, name, suffix, environment string, provider pulumi.StringInput, role *iam.RoleArgs, groups []policyGroup, child pulumi.ResourceOption) (*iam.Role, error) {
	role.Name = pulumi.String(a.Names.Name(64, suffix))
	role.AssumeRolePolicy = a.trust(provider, environment)
	declared, err := iam.NewRole(ctx, name+"-"+suffix, role, child)
	if err != nil {
		return nil, err
	}
	for _, group := range groups {
		policy, err := a.newPolicy(ctx, name, suffix+"-"+group.name, group.statements, child)
		if err != nil {
			return nil, err
		}
		_, err = iam.NewRolePolicyAttachment(ctx, name+"-"+suffix+"-"+group.name, &iam.RolePolicyAttachmentArgs{
			Role: declared.Name, PolicyArn: policy.Arn,
		}, child)
		if err != nil {
			return nil, err
		}
	}
	return declared, nil
}

// maxPolicy is the longest managed policy, in characters without whitespace. Source: IAM User Guide, "IAM and AWS STS quotas".
const maxPolicy = 6144

func (a *DeliveryArgs) newPolicy(ctx *pulumi.Context, name, suffix string, statements []statement, child pulumi.ResourceOption) (*iam.Policy, error) {
	text, err := policyDocument(statements...)
	if err != nil {
		return nil, err
	}
	if n := utf8.RuneCountInString(text); n > maxPolicy {
		return nil, fmt.Errorf("policy %s has %d characters, but IAM takes at most %d; use fewer secrets of other stacks", suffix, n, maxPolicy)
	}
	return iam.NewPolicy(ctx, name+"-"+suffix, &iam.PolicyArgs{
		Name: pulumi.String(a.Names.Name(128, suffix)), Policy: pulumi.String(text),
	}, child)
}
