package main

import "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"

// fieldMap holds what the published plugin changes about the fields of one Terraform type, by Terraform name.
type fieldMap = map[string]*tfbridge.SchemaInfo

// fieldOverrides is where the published names and types differ from those that the bridge would derive, by Terraform resource. The contract test
// finds what is missing here.
func fieldOverrides() map[string]fieldMap {
	return map[string]fieldMap{
		"aws_cloudwatch_event_rule":   {"name": tfbridge.AutoName("name", 64, "-")},
		"aws_cloudwatch_event_target": {"target_id": tfbridge.AutoName("targetId", 255, "-")},
		"aws_cloudwatch_metric_alarm": {"alarm_name": tfbridge.AutoName("name", 255, "-")},

		"aws_db_instance":        {"identifier": databaseIdentifier()},
		"aws_db_parameter_group": {"description": managed()},
		"aws_db_subnet_group":    {"description": managed()},

		// "indexes", as AWS writes it, and not the bridge's "indices".
		"aws_dynamodb_table": {"global_secondary_index": named("globalSecondaryIndexes"), "local_secondary_index": named("localSecondaryIndexes")},

		"aws_default_security_group": {"ingress": named("ingress"), "egress": named("egress")},
		"aws_security_group":         {"ingress": named("ingress"), "egress": named("egress"), "description": managed()},

		"aws_ecr_lifecycle_policy":  {"policy": document()},
		"aws_ecr_repository_policy": {"policy": document()},

		"aws_ecs_service": {
			"load_balancer": list("loadBalancers"),
			"service_connect_configuration": inside(fieldMap{
				"service": inside(fieldMap{"client_alias": list("clientAlias")}),
			}),
		},

		"aws_iam_policy":      {"policy": document()},
		"aws_iam_role":        {"name": tfbridge.AutoName("name", 64, "-"), "assume_role_policy": document()},
		"aws_iam_role_policy": {"policy": document()},

		"aws_kms_alias": {"name": aliasName()},

		"aws_lb_target_group": {"name": tfbridge.AutoName("name", 32, "-"), "deregistration_delay": integer()},

		"aws_route53_record": {
			"name":                       named("name"), // the DNS name itself: never made up
			"alias":                      list("aliases"),
			"failover_routing_policy":    list("failoverRoutingPolicies"),
			"geolocation_routing_policy": list("geolocationRoutingPolicies"),
			"latency_routing_policy":     list("latencyRoutingPolicies"),
			"weighted_routing_policy":    list("weightedRoutingPolicies"),
		},
		"aws_route53_zone": {"comment": managed()},

		"aws_s3_bucket":        bucketFields(),
		"aws_s3_bucket_policy": {"policy": document()},
		"aws_s3_bucket_lifecycle_configuration": {
			"rule": inside(fieldMap{
				"filter":                        inside(fieldMap{"object_size_greater_than": integer(), "object_size_less_than": integer()}),
				"noncurrent_version_expiration": inside(fieldMap{"newer_noncurrent_versions": integer()}),
				"noncurrent_version_transition": inside(fieldMap{"newer_noncurrent_versions": integer()}),
			}),
		},

		"aws_sns_topic":              {"name": topicName()},
		"aws_sns_topic_policy":       {"policy": document()},
		"aws_sns_topic_subscription": {"topic_arn": named("topic")},
	}
}

// bucketFields keeps the deprecated blocks of a bucket as the lists that the published BucketV2 has.
func bucketFields() fieldMap {
	defaults := inside(fieldMap{"rule": listOf("rules", fieldMap{
		"apply_server_side_encryption_by_default": list("applyServerSideEncryptionByDefaults"),
	})})
	defaults.Name, defaults.MaxItemsOne = "serverSideEncryptionConfigurations", tfbridge.False()
	return fieldMap{
		"bucket":                               bucketName(),
		"logging":                              list("loggings"),
		"versioning":                           list("versionings"),
		"website":                              list("websites"),
		"server_side_encryption_configuration": defaults,
		"lifecycle_rule": inside(fieldMap{
			"expiration":                    list("expirations"),
			"noncurrent_version_expiration": list("noncurrentVersionExpirations"),
		}),
		"object_lock_configuration": inside(fieldMap{
			"rule": listOf("rules", fieldMap{"default_retention": list("defaultRetentions")}),
		}),
		"replication_configuration": listOf("replicationConfigurations", fieldMap{"rules": inside(fieldMap{
			"filter": list("filters"),
			"source_selection_criteria": listOf("sourceSelectionCriterias", fieldMap{
				"sse_kms_encrypted_objects": list("sseKmsEncryptedObjects"),
			}),
			"destination": listOf("destinations", fieldMap{
				"metrics":                    list("metrics"),
				"replication_time":           list("replicationTimes"),
				"access_control_translation": list("accessControlTranslations"),
			}),
		})}),
	}
}

// deleteFirst names the resources of which AWS allows no second one beside the first, so that a replacement deletes before it creates.
func deleteFirst() map[string]bool {
	return map[string]bool{"aws_ecr_lifecycle_policy": true, "aws_iam_role_policy_attachment": true}
}
