package platform

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// githubIssuer names GitHub's tokens. Source: GitHub Docs, "Configuring OpenID Connect in Amazon Web Services".
const githubIssuer = "token.actions.githubusercontent.com"

// githubThumbprints are those of the certificate authorities that GitHub has published. AWS trusts GitHub by its own list of
// authorities and looks at no thumbprint; version 5.68 of the provider demands a list all the same.
// Sources: GitHub Changelog, 2023-06-27, "GitHub Actions – Update on OIDC integration with AWS"; IAM User Guide, "Obtain the
// thumbprint for an OpenID Connect identity provider".
var githubThumbprints = []string{"6938fd4d98bab03faadb97b34396831e3780aea1", "1c58a3a8518e8759bf075b76b750d4f2df264fcd"}

// provider is the ARN of GitHub's OIDC provider, declared here or there already.
func (a *DeliveryArgs) provider(ctx *pulumi.Context, name string, child pulumi.ResourceOption) (pulumi.StringInput, error) {
	if !a.NewProvider {
		return pulumi.String(a.providerARN()), nil
	}
	declared, err := iam.NewOpenIdConnectProvider(ctx, name, &iam.OpenIdConnectProviderArgs{
		Url:             pulumi.String("https://" + githubIssuer),
		ClientIdLists:   pulumi.StringArray{pulumi.String("sts.amazonaws.com")},
		ThumbprintLists: pulumi.ToStringArray(githubThumbprints),
	}, child)
	if err != nil {
		return nil, err
	}
	return declared.Arn, nil
}

func (a *DeliveryArgs) providerARN() string { return a.global("iam", "oidc-provider/"+githubIssuer) }

// trust lets jobs of one environment of the repository assume a role: GitHub decides which branches may use the environment.
func (a *DeliveryArgs) trust(provider pulumi.StringInput, environment string) pulumi.StringOutput {
	return policyOf(pulumi.StringArray{provider}, func(arns []string) []statement {
		return []statement{{
			Effect: "Allow", Principal: map[string]string{"Federated": arns[0]}, Action: []string{"sts:AssumeRoleWithWebIdentity"},
			Condition: map[string]any{"StringEquals": map[string]string{
				githubIssuer + ":aud": "sts.amazonaws.com",
				githubIssuer + ":sub": "repo:" + a.Repository + ":environment:" + environment,
			}},
		}}
	})
}
