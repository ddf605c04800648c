package table

// Functions lists every data source that a program may read.
func Functions() []Entry {
	return []Entry{
		{"aws_availability_zones", "index", "getAvailabilityZones"},
		{"aws_caller_identity", "index", "getCallerIdentity"},
		{"aws_ecr_authorization_token", "ecr", "getAuthorizationToken"},
		{"aws_partition", "index", "getPartition"},
		{"aws_region", "index", "getRegion"},
		{"aws_route53_zone", "route53", "getZone"},
		{"aws_ssm_parameter", "ssm", "getParameter"},
	}
}
