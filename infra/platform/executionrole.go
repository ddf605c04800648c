package platform

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// newExecutionRole lets ECS itself pull the image, write the log and read the secrets that the
// task names, each by its ARN.
func newExecutionRole(ctx *pulumi.Context, name string, args *taskArgs, group *cloudwatch.LogGroup, child pulumi.ResourceOption) (*iam.Role, *iam.RolePolicy, error) {
	role, err := newRole(ctx, name+"-execution", "ecs-tasks.amazonaws.com", "Starts "+name+": image, log, secrets", child)
	if err != nil {
		return nil, nil, err
	}
	arns := pulumi.StringArray{args.RepositoryArn, group.Arn}
	for _, variable := range slices.Sorted(maps.Keys(args.Secrets)) {
		arns = append(arns, args.Secrets[variable].Arn)
	}
	policy, err := iam.NewRolePolicy(ctx, name+"-execution", &iam.RolePolicyArgs{
		Role:   role.Name,
		Policy: policyOf(arns, executionStatements),
	}, child)
	return role, policy, err
}

func executionStatements(arns []string) []statement {
	statements := []statement{
		allow("*", "ecr:GetAuthorizationToken"), // has no resource to narrow it to
		allow(arns[0], "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
		allow(arns[1]+":*", "logs:CreateLogStream", "logs:PutLogEvents"),
	}
	secrets, parameters := []string{}, []string{}
	for _, arn := range slices.Compact(slices.Sorted(slices.Values(arns[2:]))) {
		if isParameter(arn) {
			parameters = append(parameters, arn)
		} else {
			secrets = append(secrets, arn)
		}
	}
	if len(secrets) > 0 {
		statements = append(statements, allow(secrets, "secretsmanager:GetSecretValue"))
	}
	if len(parameters) > 0 {
		statements = append(statements, allow(parameters, "ssm:GetParameters"))
	}
	return statements
}
