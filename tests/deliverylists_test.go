package tests

// ours are resources of each kind that the stack has, as AWS names them.
var ours = []string{
	"*", // what takes no resource
	"arn:aws:acm:us-east-1:123456789012:certificate/1", "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:autoScalingGroupName/cluster-hosts-0a1b2c3",
	"arn:aws:budgets::123456789012:budget/botyard-test", "arn:aws:cloudwatch::123456789012:dashboard/botyard-test",
	"arn:aws:cloudwatch:us-east-1:123456789012:alarm:botyard-test-bot-down", "arn:aws:dynamodb:us-east-1:123456789012:table/botyard-test-releases",
	"arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1", "arn:aws:ecr:us-east-1:123456789012:repository/botyard/test/bot",
	"arn:aws:ecs:us-east-1:123456789012:capacity-provider/botyard-test-hosts", "arn:aws:ecs:us-east-1:123456789012:cluster/botyard-test",
	"arn:aws:ecs:us-east-1:123456789012:service/botyard-test/bot", "arn:aws:ecs:us-east-1:123456789012:task-definition/botyard-test-bot:1",
	"arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/edge-0a1b2c3/1", "arn:aws:events:us-east-1:123456789012:api-destination/botyard-test-discord/1",
	"arn:aws:events:us-east-1:123456789012:connection/botyard-test-notifications/1", "arn:aws:events:us-east-1:123456789012:event-bus/default",
	"arn:aws:events:us-east-1:123456789012:rule/botyard-test-alarm", "arn:aws:iam::123456789012:instance-profile/cluster-hosts-0a1b2c3",
	"arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS", "arn:aws:iam::123456789012:role/bot-task-0a1b2c3",
	stateKey, "arn:aws:logs:us-east-1:123456789012:log-group:/botyard/test/bot", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/events/botyard/test/events",
	"arn:aws:rds:us-east-1:123456789012:db:botyard-test-database", "arn:aws:rds:us-east-1:123456789012:pg:database-0a1b2c3",
	"arn:aws:rds:us-east-1:123456789012:subgrp:database-0a1b2c3", "arn:aws:route53:::hostedzone/Z123", "arn:aws:route53:::change/1", "arn:aws:s3:::acme-state",
	"arn:aws:s3:::botyard-test-models-123456789012", "arn:aws:s3:::botyard-test-models-123456789012/greetings",
	"arn:aws:s3:::acme-state/.pulumi/stacks/botyard/test.json", "arn:aws:secretsmanager:us-east-1:123456789012:secret:botyard/test/chat-AbCdEf",
	"arn:aws:sns:us-east-1:123456789012:botyard-test-alerts", "arn:aws:ssm:us-east-1:123456789012:document/botyard-test-recovery-replace-host",
}

// theirs are resources of another stack, another project or the account.
var theirs = []string{
	"arn:aws:acm:us-east-1:123456789012:certificate/2", "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:autoScalingGroupName/web",
	"arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:autoScalingGroupName/cluster-hosts-1111111", "arn:aws:budgets::123456789012:budget/botyard-prod",
	"arn:aws:cloudwatch::123456789012:dashboard/botyard-prod", "arn:aws:cloudwatch:us-east-1:123456789012:alarm:botyard-prod-bot-down",
	"arn:aws:dynamodb:us-east-1:123456789012:table/botyard-prod-releases", "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-2", "arn:aws:ec2:us-east-1:123456789012:instance/i-2",
	"arn:aws:ec2:us-east-1:123456789012:security-group/sg-2", "arn:aws:ecr:us-east-1:123456789012:repository/botyard/prod/bot",
	"arn:aws:ecs:us-east-1:123456789012:capacity-provider/botyard-prod-hosts", "arn:aws:ecs:us-east-1:123456789012:cluster/botyard-prod",
	"arn:aws:ecs:us-east-1:123456789012:service/botyard-prod/bot", "arn:aws:ecs:us-east-1:123456789012:task-definition/botyard-prod-bot:1",
	"arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/edge-1111111/2", "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/bot-1111111/2",
	"arn:aws:events:us-east-1:123456789012:event-bus/other", "arn:aws:events:us-east-1:123456789012:rule/botyard-prod-alarm",
	"arn:aws:iam::123456789012:instance-profile/web", "arn:aws:iam::123456789012:role/admin", "arn:aws:iam::123456789012:user/admin", "arn:aws:iam::123456789012:policy/other",
	"arn:aws:kms:us-east-1:123456789012:key/other", "arn:aws:lambda:us-east-1:123456789012:function:other", "arn:aws:logs:us-east-1:123456789012:log-group:/botyard/prod/bot",
	"arn:aws:rds:us-east-1:123456789012:db:botyard-prod-database", "arn:aws:rds:us-east-1:123456789012:pg:database-1111111", "arn:aws:route53:::hostedzone/Z999",
	"arn:aws:s3:::other", "arn:aws:s3:::botyard-prod-models-123456789012", "arn:aws:s3:::botyard-prod-models-123456789012/greetings", "arn:aws:s3:::acme-state/.pulumi/stacks/botyard/prod.json", "arn:aws:secretsmanager:us-east-1:123456789012:secret:botyard/prod/chat-AbCdEf",
	"arn:aws:sns:us-east-1:123456789012:botyard-prod-alerts", "arn:aws:ssm:us-east-1:123456789012:document/botyard-prod-recovery-replace-host",
	"arn:aws:ssm:us-east-1:123456789012:parameter/botyard/prod/token",
}

// contents are the looks that show more than that something is there, and how.
var contents = []string{
	"dynamodb:GetItem", "dynamodb:Scan", "ecr:BatchGetImage", "ecr:DescribeImageScanFindings", "ecr:GetDownloadUrlForLayer", "kms:Decrypt", "logs:GetLogEvents", "s3:GetObject", "s3:GetObjectVersion",
	"secretsmanager:GetSecretValue", "ssm:GetParameters",
}

// anywhere are the changes that AWS lets nobody narrow: the action takes no resource.
// Source: Service Authorization Reference.
var anywhere = []string{"logs:DeleteResourcePolicy", "logs:PutResourcePolicy", "sns:Unsubscribe"}

// unrecorded are what the deploy role may do and the record does not show, by the reason.
var unrecorded = map[string][]string{
	"AWS asks for it where a resource is made with its tags in one request": {
		"acm:AddTagsToCertificate", "autoscaling:CreateOrUpdateTags", "budgets:TagResource", "cloudwatch:TagResource", "dynamodb:TagResource",
		"ecr:TagResource", "elasticloadbalancing:AddTags", "events:TagResource", "iam:TagInstanceProfile", "iam:TagRole", "logs:TagResource",
		"rds:AddTagsToResource", "s3:PutBucketTagging", "secretsmanager:TagResource", "sns:TagResource", "ssm:AddTagsToResource",
	},
	"tags that are taken from botyard:tags": {
		"acm:RemoveTagsFromCertificate", "autoscaling:DeleteTags", "autoscaling:DescribeTags", "budgets:UntagResource", "cloudwatch:UntagResource",
		"dynamodb:UntagResource", "ec2:DeleteTags", "ecr:UntagResource", "ecs:ListTagsForResource", "ecs:UntagResource", "elasticloadbalancing:RemoveTags",
		"events:UntagResource", "iam:UntagInstanceProfile", "iam:UntagRole", "logs:UntagResource", "rds:RemoveTagsFromResource",
		"secretsmanager:UntagResource", "sns:UntagResource", "ssm:ListTagsForResource", "ssm:RemoveTagsFromResource",
	},
	"a removal: of a service, of a part that is switched off, of the stack": {
		"acm:DeleteCertificate", "autoscaling:DeleteAutoScalingGroup", "autoscaling:DescribeScalingActivities", "cloudwatch:DeleteAlarms",
		"cloudwatch:DeleteDashboards", "dynamodb:DeleteTable", "ec2:DeleteInternetGateway", "ec2:DeleteLaunchTemplate", "ec2:DeleteRoute",
		"ec2:DeleteRouteTable", "ec2:DeleteSecurityGroup", "ec2:DeleteSubnet", "ec2:DeleteVpc", "ec2:DeleteVpcEndpoints", "ec2:DescribeNetworkInterfaces",
		"ec2:DetachInternetGateway", "ec2:DisassociateRouteTable", "ec2:RevokeSecurityGroupIngress", "ecr:DeleteLifecyclePolicy", "ecr:DeleteRepository",
		"ecs:DeleteCapacityProvider", "ecs:DeleteCluster", "ecs:DeleteService", "elasticloadbalancing:DeleteListener", "elasticloadbalancing:DeleteLoadBalancer",
		"elasticloadbalancing:DeleteRule", "elasticloadbalancing:DeleteTargetGroup", "events:DeleteApiDestination", "events:DeleteConnection", "events:DeleteRule",
		"events:RemoveTargets", "iam:DeleteInstanceProfile", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:ListInstanceProfilesForRole",
		"iam:RemoveRoleFromInstanceProfile", "logs:DeleteLogGroup", "logs:DeleteMetricFilter", "logs:DeleteResourcePolicy", "rds:CreateDBSnapshot",
		"rds:DeleteDBInstance", "rds:DeleteDBParameterGroup", "rds:DeleteDBSubnetGroup", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:DeleteObjectVersion", "s3:ListBucketVersions", "secretsmanager:DeleteSecret", "sns:DeleteTopic", "sns:Unsubscribe",
		"ssm:DeleteDocument",
	},
	"a setting that changes in place": {
		"autoscaling:UpdateAutoScalingGroup", "dynamodb:UpdateTable", "ec2:CreateLaunchTemplateVersion",
		"ec2:DeleteLaunchTemplateVersions", "ec2:ModifyLaunchTemplate", "ec2:ModifySecurityGroupRules", "ec2:ModifyVpcEndpoint", "ec2:ReplaceRoute",
		"ecr:PutImageScanningConfiguration", "ecr:PutImageTagMutability", "ecs:UpdateCapacityProvider", "ecs:UpdateCluster", "ecs:UpdateService",
		"elasticloadbalancing:DescribeListenerAttributes", "elasticloadbalancing:ModifyListener", "elasticloadbalancing:ModifyRule",
		"elasticloadbalancing:ModifyTargetGroup", "elasticloadbalancing:SetSecurityGroups", "elasticloadbalancing:SetSubnets",
		"events:UpdateApiDestination", "events:UpdateConnection", "iam:PutRolePermissionsBoundary", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole",
		"iam:UpdateRoleDescription", "rds:ModifyDBInstance", "rds:ModifyDBSubnetGroup", "rds:RebootDBInstance", "rds:ResetDBParameterGroup",
		"secretsmanager:RestoreSecret", "secretsmanager:UpdateSecret", "ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion",
	},
	"a part that local and prod have none of: flow logs, models, the stopped host, the delivery itself": {
		"s3:CreateBucket", "s3:GetAccelerateConfiguration", "s3:GetBucketAcl", "s3:GetBucketCORS", "s3:GetBucketLogging", "s3:GetBucketObjectLockConfiguration",
		"s3:GetBucketOwnershipControls", "s3:GetBucketPolicy", "s3:GetBucketPublicAccessBlock", "s3:GetBucketRequestPayment", "s3:GetBucketTagging",
		"s3:GetBucketVersioning", "s3:GetBucketWebsite", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration", "s3:GetObjectVersion",
		"s3:GetReplicationConfiguration", "s3:PutBucketOwnershipControls", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock", "s3:PutBucketVersioning",
		"s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration", "s3:PutObjectVersionTagging",
		"autoscaling:DeletePolicy", "autoscaling:DeleteWarmPool",
		"autoscaling:DescribePolicies", "autoscaling:DescribeWarmPool", "autoscaling:PutScalingPolicy", "autoscaling:PutWarmPool",
		"ec2:CreateFlowLogs", "ec2:DeleteFlowLogs", "ec2:DescribeFlowLogs", "iam:GetOpenIDConnectProvider", "iam:GetPolicy", "iam:GetPolicyVersion",
		"iam:ListPolicyVersions",
	},
	"an update that fails, a release that is forgotten, the verification after it": {
		"dynamodb:DeleteItem", "ecr:BatchDeleteImage", "ecs:StopTask", "logs:GetLogEvents", "rds:DescribeDBSnapshots",
	},
	"AWS does it in the caller's name: RDS and EventBridge keep secrets, Auto Scaling tries the launch template": {
		"ec2:RunInstances", "kms:DescribeKey", "secretsmanager:PutSecretValue", "secretsmanager:RotateSecret", "ssm:GetParameters",
	},
}
