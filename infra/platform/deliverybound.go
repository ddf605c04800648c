package platform

// serviceBoundary is what the roles of hosts, tasks, events and runbooks may do at most, whatever their policies say. It is a
// list of what is allowed, so that IAM, Organizations and the rest of AWS are out: of IAM there is only the role that an event
// passes to the runbook that it starts.
func (a *DeliveryArgs) serviceBoundary() []statement {
	secrets := append([]string{a.regional("secretsmanager", "secret:"+a.Names.Path("*")), a.regional("secretsmanager", "secret:rds!*")}, secretsOf(a.Foreign)...)
	own := []string{
		a.regional("ecs", "cluster/"+a.Names.Name(255)), a.regional("ecs", "container-instance/"+a.Names.Name(255)+"/*"),
		a.regional("ecs", "service/"+a.Names.Name(255)+"/*"), a.regional("ecs", "task/"+a.Names.Name(255)+"/*"),
	}
	return []statement{
		allow("*", hostActions...), // the agents' own, which take no resource or any
		allow(own, "ecs:DeregisterContainerInstance", "ecs:DescribeContainerInstances", "ecs:DescribeServices", "ecs:Poll",
			"ecs:RegisterContainerInstance", "ecs:StartTelemetrySession", "ecs:SubmitAttachmentStateChanges", "ecs:SubmitContainerStateChange",
			"ecs:SubmitTaskStateChange", "ecs:TagResource", "ecs:UpdateContainerInstancesState", "ecs:UpdateService"),
		allow(a.regional("ecr", "repository/"+a.Names.Path("*")), "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
		allow(a.regional("logs", "log-group:/"+a.Names.Path("*")), "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
		allow(secrets, "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"),
		allow(append([]string{"arn:aws:ssm:" + a.Region + "::parameter/aws/service/*"}, parametersOf(a.Foreign)...), "ssm:GetParameter", "ssm:GetParameters"),
		allow(a.modelsARN()+"/*", "s3:GetObject", "s3:GetObjectVersion"),
		allow(a.regional("dynamodb", "table/"+a.Names.Name(255, "leases")), "dynamodb:GetItem", "dynamodb:UpdateItem"),
		allow(a.regional("autoscaling", "autoScalingGroup:*:autoScalingGroupName/cluster-*"),
			"autoscaling:ExecutePolicy", "autoscaling:TerminateInstanceInAutoScalingGroup"),
		allow(a.regional("ssm", "automation-definition/"+a.prefix()), "ssm:StartAutomationExecution"),
		allow(a.regional("events", "api-destination/"+a.prefix()), "events:InvokeApiDestination"),
		allow([]string{a.global("iam", "role/recovery-*"+random), a.global("iam", "role/rotation-*"+random)}, "iam:PassRole").on("StringEquals", "iam:PassedToService", "ssm.amazonaws.com"),
	}
}

// hostActions are what the ECS agent, the SSM agent and ECS Exec's ask of AWS, without what the stack's names narrow.
// Source: AWS Managed Policy Reference, "AmazonEC2ContainerServiceforEC2Role", "AmazonSSMManagedInstanceCore".
var hostActions = []string{
	"ec2:DescribeInstances", "ec2:DescribeTags", "ec2messages:AcknowledgeMessage", "ec2messages:DeleteMessage", "ec2messages:FailMessage",
	"ec2messages:GetEndpoint", "ec2messages:GetMessages", "ec2messages:SendReply", "ecr:GetAuthorizationToken", "ecs:DiscoverPollEndpoint",
	"ssm:DescribeAssociation", "ssm:DescribeDocument", "ssm:GetDeployablePatchSnapshotForInstance", "ssm:GetDocument", "ssm:GetManifest",
	"ssm:ListAssociations", "ssm:ListInstanceAssociations", "ssm:PutComplianceItems", "ssm:PutConfigurePackageResult", "ssm:PutInventory",
	"ssm:UpdateAssociationStatus", "ssm:UpdateInstanceAssociationStatus", "ssm:UpdateInstanceInformation",
	"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
}

// deployServices are those in which the deploy role may have any policy at all.
var deployServices = []string{
	"acm:*", "autoscaling:*", "budgets:*", "cloudwatch:*", "dynamodb:*", "ec2:*", "ecr:*", "ecs:*", "elasticloadbalancing:*", "events:*",
	"kms:Decrypt", "kms:DescribeKey", "logs:*", "rds:*", "route53:*", "s3:*", "secretsmanager:*", "sns:*", "ssm:*", "sts:GetCallerIdentity",
}

// iamWrites are all that changes something in IAM; the deploy role is refused them where they would free it.
var iamWrites = []string{
	"iam:Add*", "iam:Attach*", "iam:Create*", "iam:Delete*", "iam:Detach*", "iam:PassRole", "iam:Put*", "iam:Remove*", "iam:Set*", "iam:Tag*",
	"iam:Untag*", "iam:Update*",
}

// deployBoundary holds whatever the deploy role's policies become: it makes no role without the boundary, frees none of it,
// and changes neither itself nor the delivery's other parts.
func (a *DeliveryArgs) deployBoundary() []statement {
	deny := func(s statement) statement {
		s.Effect = "Deny"
		return s
	}
	itself := append(a.deliveryRoles(), a.deliveryPolicies(), a.providerARN())
	program := append(a.roleARNs(), a.global("iam", "instance-profile/cluster-*"), a.global("iam", "role/aws-service-role/*"))
	reads := []string{"iam:Get*", "iam:List*"}
	return []statement{
		allow("*", deployServices...),
		allow(itself, reads...),
		allow(program, append(reads, iamWrites...)...),
		deny(allow(itself, iamWrites...)),
		deny(allow("*", "iam:DeleteRolePermissionsBoundary", "organizations:*", "account:*")),
		deny(allow("*", "iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy")).
			on("StringNotEquals", "iam:PermissionsBoundary", a.boundaryARN()),
	}
}
