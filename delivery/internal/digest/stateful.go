package digest

// stateful are the types whose resources hold what a new one does not have: data, images, keys, logs.
var stateful = map[string]bool{
	"aws:cloudwatch/logGroup:LogGroup": true,
	"aws:dynamodb/table:Table":         true,
	"aws:ecr/repository:Repository":    true,
	"aws:kms/key:Key":                  true,
	"aws:rds/cluster:Cluster":          true,
	"aws:rds/instance:Instance":        true,
	"aws:s3/bucket:Bucket":             true,
	"aws:s3/bucketV2:BucketV2":         true,
	"aws:secretsmanager/secret:Secret": true,
}

// Loses tells that what the resource holds is lost by the change.
func (c Change) Loses() bool {
	return stateful[c.Type] && (c.Op == Replace || c.Op == Delete)
}
