package platform

// models is the bucket with the stack's models: what the program declares, and what it asks of versions. S3 shows the head of
// an object only to who may read it, so that both roles may read the models.
// Source: Amazon S3 API Reference, HeadObject, "Permissions".
func (a *DeliveryArgs) models() (looks, changes []statement) {
	bucket, objects := a.modelsARN(), a.modelsARN()+"/*"
	looks = []statement{
		// ListBucket: without it S3 says that an object which is not there is forbidden.
		allow(bucket, "s3:GetAccelerateConfiguration", "s3:GetBucketAcl", "s3:GetBucketCORS", "s3:GetBucketLogging", "s3:GetBucketObjectLockConfiguration",
			"s3:GetBucketOwnershipControls", "s3:GetBucketPolicy", "s3:GetBucketPublicAccessBlock", "s3:GetBucketRequestPayment", "s3:GetBucketTagging",
			"s3:GetBucketVersioning", "s3:GetBucketWebsite", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration",
			"s3:GetReplicationConfiguration", "s3:ListBucket"),
		allow(objects, "s3:GetObject", "s3:GetObjectVersion"),
	}
	changes = []statement{
		allow(bucket, "s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:ListBucketVersions", "s3:PutBucketOwnershipControls",
			"s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging", "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration",
			"s3:PutLifecycleConfiguration"),
		allow(objects, "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObjectVersionTagging"), // a bucket goes with its versions only
	}
	return looks, changes
}

func (a *DeliveryArgs) modelsARN() string {
	return "arn:aws:s3:::" + ModelsBucketName(a.Names, a.AccountID)
}
