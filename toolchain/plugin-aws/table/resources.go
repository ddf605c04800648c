package table

// Resources lists every resource that a program may declare, by service.
func Resources() []Entry {
	return []Entry{
		{"aws_acm_certificate", "acm", "Certificate"},
		{"aws_acm_certificate_validation", "acm", "CertificateValidation"},

		{"aws_appautoscaling_policy", "appautoscaling", "Policy"},
		{"aws_appautoscaling_target", "appautoscaling", "Target"},

		{"aws_autoscaling_group", "autoscaling", "Group"},
		{"aws_autoscaling_policy", "autoscaling", "Policy"},

		{"aws_budgets_budget", "budgets", "Budget"},

		{"aws_cloudwatch_composite_alarm", "cloudwatch", "CompositeAlarm"},
		{"aws_cloudwatch_dashboard", "cloudwatch", "Dashboard"},
		{"aws_cloudwatch_event_api_destination", "cloudwatch", "EventApiDestination"},
		{"aws_cloudwatch_event_connection", "cloudwatch", "EventConnection"},
		{"aws_cloudwatch_event_rule", "cloudwatch", "EventRule"},
		{"aws_cloudwatch_event_target", "cloudwatch", "EventTarget"},
		{"aws_cloudwatch_log_group", "cloudwatch", "LogGroup"},
		{"aws_cloudwatch_log_metric_filter", "cloudwatch", "LogMetricFilter"},
		{"aws_cloudwatch_log_resource_policy", "cloudwatch", "LogResourcePolicy"},
		{"aws_cloudwatch_metric_alarm", "cloudwatch", "MetricAlarm"},

		{"aws_dynamodb_table", "dynamodb", "Table"},

		{"aws_default_security_group", "ec2", "DefaultSecurityGroup"},
		{"aws_eip", "ec2", "Eip"},
		{"aws_flow_log", "ec2", "FlowLog"},
		{"aws_internet_gateway", "ec2", "InternetGateway"},
		{"aws_launch_template", "ec2", "LaunchTemplate"},
		{"aws_nat_gateway", "ec2", "NatGateway"},
		{"aws_route", "ec2", "Route"},
		{"aws_route_table", "ec2", "RouteTable"},
		{"aws_route_table_association", "ec2", "RouteTableAssociation"},
		{"aws_security_group", "ec2", "SecurityGroup"},
		{"aws_subnet", "ec2", "Subnet"},
		{"aws_vpc", "ec2", "Vpc"},
		{"aws_vpc_endpoint", "ec2", "VpcEndpoint"},

		{"aws_ecr_lifecycle_policy", "ecr", "LifecyclePolicy"},
		{"aws_ecr_repository", "ecr", "Repository"},
		{"aws_ecr_repository_policy", "ecr", "RepositoryPolicy"},

		{"aws_ecs_capacity_provider", "ecs", "CapacityProvider"},
		{"aws_ecs_cluster", "ecs", "Cluster"},
		{"aws_ecs_cluster_capacity_providers", "ecs", "ClusterCapacityProviders"},
		{"aws_ecs_service", "ecs", "Service"},
		{"aws_ecs_task_definition", "ecs", "TaskDefinition"},

		{"aws_iam_instance_profile", "iam", "InstanceProfile"},
		{"aws_iam_openid_connect_provider", "iam", "OpenIdConnectProvider"},
		{"aws_iam_policy", "iam", "Policy"},
		{"aws_iam_role", "iam", "Role"},
		{"aws_iam_role_policy", "iam", "RolePolicy"},
		{"aws_iam_role_policy_attachment", "iam", "RolePolicyAttachment"},

		{"aws_kms_alias", "kms", "Alias"},
		{"aws_kms_key", "kms", "Key"},

		{"aws_lb", "lb", "LoadBalancer"},
		{"aws_lb_listener", "lb", "Listener"},
		{"aws_lb_listener_rule", "lb", "ListenerRule"},
		{"aws_lb_target_group", "lb", "TargetGroup"},

		{"aws_db_instance", "rds", "Instance"},
		{"aws_db_parameter_group", "rds", "ParameterGroup"},
		{"aws_db_subnet_group", "rds", "SubnetGroup"},

		{"aws_route53_record", "route53", "Record"},
		{"aws_route53_zone", "route53", "Zone"},

		{"aws_s3_bucket", "s3", "BucketV2"},
		{"aws_s3_bucket_lifecycle_configuration", "s3", "BucketLifecycleConfigurationV2"},
		{"aws_s3_bucket_ownership_controls", "s3", "BucketOwnershipControls"},
		{"aws_s3_bucket_policy", "s3", "BucketPolicy"},
		{"aws_s3_bucket_public_access_block", "s3", "BucketPublicAccessBlock"},
		{"aws_s3_bucket_server_side_encryption_configuration", "s3", "BucketServerSideEncryptionConfigurationV2"},
		{"aws_s3_bucket_versioning", "s3", "BucketVersioningV2"},

		{"aws_secretsmanager_secret", "secretsmanager", "Secret"},
		{"aws_secretsmanager_secret_policy", "secretsmanager", "SecretPolicy"},

		{"aws_sns_topic", "sns", "Topic"},
		{"aws_sns_topic_policy", "sns", "TopicPolicy"},
		{"aws_sns_topic_subscription", "sns", "TopicSubscription"},

		{"aws_ssm_document", "ssm", "Document"},
		{"aws_ssm_parameter", "ssm", "Parameter"},

		{"aws_vpc_security_group_egress_rule", "vpc", "SecurityGroupEgressRule"},
		{"aws_vpc_security_group_ingress_rule", "vpc", "SecurityGroupIngressRule"},
	}
}
